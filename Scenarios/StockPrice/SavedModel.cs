using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>Saves a model in both forms, reads both back, and checks that they predict the same.</summary>
internal static class SavedModel
{
    private const double Tolerance = 1e-5;

    /// <summary>Writes <c>model.zip</c> and <c>model.onnx</c> and gives the largest relative difference of their predictions.</summary>
    public static double SaveAndCompare(MLContext ml, OutputFolder folder, WindowedSeries windows, SequenceTransformer transformer)
    {
        var chain = new TransformerChain<ITransformer>(windows.Transformer, transformer);
        var schema = windows.Series.Data.Schema;
        folder.Write("model.zip", stream => ml.Model.Save(chain, schema, stream));
        ml.Model.SaveAsOnnx(chain, schema, folder.File("model.onnx"), new OnnxExportOptions { SampleRows = windows.Series.Data });

        float[][] fromZip = Predict(ml.Model.Load(folder.File("model.zip"), out _), windows);
        using var predictor = SequencePredictor.Load(folder.File("model.onnx"));
        float[][] fromOnnx = Predict(predictor, windows);
        double difference = Difference(fromZip, fromOnnx);
        if (!(difference <= Tolerance))
            throw new InvalidOperationException("The reloaded model.zip and model.onnx predict differently: "
                + $"by up to {difference:g3} of the value. The files are not to be trusted.");
        return difference;
    }

    /// <summary>Reads a model to score with, ML.NET's zip or ONNX, and the column it was trained on; null where the file does not say.</summary>
    public static (SequenceModel Model, string? Column) Load(MLContext ml, string file)
    {
        switch (Path.GetExtension(file))
        {
            case ".zip":
                var chain = ModelFile.LoadZip(ml, file, out _);
                return (Sequence(chain).Model, Steps(chain).OfType<SlidingWindowTransformer>().FirstOrDefault()?.InputColumnNames[0]);
            case ".onnx":
                var model = SequenceModel.Load(file);
                return (model, model.Manifest.Window?.InputColumnNames[0]);
            case var other:
                throw ModelFile.Unknown(file, other);
        }
    }

    private static SequenceTransformer Sequence(ITransformer model) =>
        Steps(model).OfType<SequenceTransformer>().LastOrDefault()
        ?? throw new ArgumentException("The model file holds no recurrent model.");

    private static IEnumerable<ITransformer> Steps(ITransformer model) => model as IEnumerable<ITransformer> ?? [model];

    private static float[][] Predict(ITransformer chain, WindowedSeries windows)
    {
        var sequence = Sequence(chain);
        return TestPredictions.Column(chain.Transform(windows.Series.Data), sequence.Model.Manifest.Outputs[0].Name, windows.Horizon);
    }

    private static float[][] Predict(SequencePredictor predictor, WindowedSeries windows)
    {
        float[] all = [.. windows.Transformer.Transform(windows.Series.Data).GetColumn<float[]>(WindowedSeries.WindowColumn).SelectMany(w => w)];
        return [.. predictor.PredictBatch(all).Chunk(predictor.OutputSize)];
    }

    private static double Difference(float[][] a, float[][] b) => a.Length != b.Length
        ? double.PositiveInfinity
        : a.Zip(b).SelectMany(row => row.First.Zip(row.Second, Difference)).Max();

    // LINQ's Max passes over NaN, and a prediction that one file lacks is a difference.
    private static double Difference(float x, float y) =>
        Math.Abs(x - y) / Math.Max(1, Math.Abs((double)x)) is var relative && double.IsNaN(relative) ? double.PositiveInfinity : relative;
}
