using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>Saves a classifier in both forms and reads it back.</summary>
internal static class SavedModel
{
    private const double Tolerance = 1e-4;

    /// <summary>
    /// Writes <c>model.zip</c>, the whole chain, and <c>model.onnx</c>, the chain without the tokenizer, and scores the test part with both as
    /// they were written.
    /// </summary>
    /// <returns>
    /// The largest difference between a probability of the ONNX file and that of <c>Transform</c>, or between a trained network and its graph as
    /// training found it, whichever is larger.
    /// </returns>
    /// <exception cref="InvalidOperationException">A file gives something else than the trained chain.</exception>
    public static double SaveAndCompare(MLContext ml, OutputFolder folder, ClassificationData data, TrainedClassifier trained)
    {
        var (before, after) = Tokens.Split(trained.Model);
        var sequences = new TransformerChain<ITransformer>(before).Transform(data.Test);
        folder.Write("model.zip", stream => ml.Model.Save(trained.Model, data.Test.Schema, stream));
        ml.Model.SaveAsOnnx(new TransformerChain<ITransformer>(after), sequences.Schema, folder.File("model.onnx"));

        var expected = Scored.Read(trained.Model.Transform(data.Test));
        var fromZip = Scored.Read(ml.Model.Load(folder.File("model.zip"), out _).Transform(data.Test));
        using var onnx = new OnnxClassifier(folder.File("model.onnx"));
        double zip = expected.MaxAbsDiff(fromZip), difference = expected.MaxAbsDiff(onnx.Score(sequences));
        return zip <= Tolerance && difference <= Tolerance
            ? after.OfType<SequenceTransformer>().Select(t => t.Model.Manifest.Training.OnnxMaxAbsDiff).Append(difference).Max()
            : throw new InvalidOperationException($"The files, read back, give other probabilities than the trained model: model.zip by up to {zip:g3}, "
                + $"model.onnx by up to {difference:g3}. They are not to be trusted.");
    }

    /// <summary>Scores the test part with a saved model, ML.NET's zip or ONNX, and tells the classes that it knows.</summary>
    /// <exception cref="FormatException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The file is of another kind, or takes other data.</exception>
    public static (Predictions Predictions, string[] Classes) Score(MLContext ml, ClassificationData data, string file)
    {
        switch (Path.GetExtension(file))
        {
            case ".zip":
                var scored = Transform(LoadZip(ml, file, data), data, file);
                return (Predictions.Read(Path.GetFileName(file), scored), SlotNames(scored.Schema[Scored.ScoreColumn]));
            case ".onnx":
                var manifest = SequenceModel.Load(file).Manifest; // tells a cut or foreign file
                using (var onnx = new OnnxClassifier(file))
                {
                    var rows = onnx.IsText && data.IsText ? Tokens.Tokenizer(ml, data.Column).Transform(data.Test) : data.Test;
                    return (new(Path.GetFileName(file), data.TestLabels, onnx.Score(rows).Predicted), [.. manifest.Classes!.Values]);
                }
            case var other:
                throw ModelFile.Unknown(file, other);
        }
    }

    private static ITransformer LoadZip(MLContext ml, string file, ClassificationData data)
    {
        var model = ModelFile.LoadZip(ml, file, out var schema);
        if (schema.GetColumnOrNull(data.Column) is not { } trained)
            throw new ArgumentException($"'{file}' takes {Names(schema)}; this data has {Names(data.Test.Schema)}.");
        int expected = ValuesPerStep(trained), found = ValuesPerStep(data.Test.Schema[data.Column]);
        return expected == found ? model : throw new ArgumentException($"'{file}' takes {ClassificationData.Count(expected, "value")} per step; this data has {found}.");
    }

    private static string Names(DataViewSchema schema) => string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"));

    // 1 for a text.
    private static int ValuesPerStep(DataViewSchema.Column column) => column.Type is VectorDataViewType { Dimensions: [.., var last] } ? last : 1;

    private static IDataView Transform(ITransformer model, ClassificationData data, string file)
    {
        IDataView scored;
        try
        {
            scored = model.Transform(data.Test);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"'{file}' does not take this data: {e.GetBaseException().Message}", e);
        }
        return scored.Schema.GetColumnOrNull(Predictions.PredictedColumn) is { Type: TextDataViewType } && scored.Schema[Scored.ScoreColumn].HasSlotNames()
            ? scored
            : throw new ArgumentException($"'{file}' is no classifier of this scenario: it gives no class as text in '{Predictions.PredictedColumn}'.");
    }

    private static string[] SlotNames(DataViewSchema.Column score)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(n => n.ToString())];
    }
}
