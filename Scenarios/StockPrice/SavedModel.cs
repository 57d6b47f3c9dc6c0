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

    /// <summary>Reads a model to score with: ML.NET's zip, or ONNX.</summary>
    public static SequenceModel Load(MLContext ml, string file) => Path.GetExtension(file) switch
    {
        ".zip" => Sequence(LoadZip(ml, file)).Model,
        ".onnx" => SequenceModel.Load(file),
        var other => throw new ArgumentException($"--model {file}: '{other}' files are not known; give a model.zip or model.onnx."),
    };

    /// <summary>How the saved model's windows are cut.</summary>
    public static (int Window, int Horizon, string Column) Shape(SequenceModel model) =>
        (model.Manifest.Steps, model.Manifest.Outputs[0].Length, model.Manifest.Window?.InputColumnNames[0] ?? "DAX");

    // ML.NET's own words on a cut or foreign file do not name it.
    private static ITransformer LoadZip(MLContext ml, string file)
    {
        try
        {
            return ml.Model.Load(file, out _);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException)
        {
            throw new FormatException($"The model file '{file}' cannot be read: {e.GetBaseException().Message} Save or copy the model anew.");
        }
    }

    private static SequenceTransformer Sequence(ITransformer model) =>
        (model as IEnumerable<ITransformer>)?.OfType<SequenceTransformer>().LastOrDefault()
        ?? throw new ArgumentException("The model file holds no recurrent model.");

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
        : a.Zip(b).SelectMany(row => row.First.Zip(row.Second, (x, y) => Math.Abs(x - y) / Math.Max(1, Math.Abs((double)x)))).Max();
}
