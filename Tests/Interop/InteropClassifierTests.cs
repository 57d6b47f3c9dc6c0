using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>As <see cref="InteropFileTests"/>, for classifiers: texts, keys and numbers in; classes, probabilities and weights out.</summary>
[TestClass]
public sealed class InteropClassifierTests
{
    private static readonly MLContext Ml = new(1);

    public static IEnumerable<(string Name, RecurrentOptions Options)> Kinds =>
    [
        ("last", Networks.Tiny),
        ("mean", Networks.Tiny with { Readout = SequenceReadout.Mean, Cell = RecurrentCell.Gru }),
        ("max", Networks.Tiny with { Readout = SequenceReadout.Max, Bidirectional = true }),
        ("attention", Networks.Tiny with { Readout = SequenceReadout.Attention, AttentionColumnName = "Weights", Bidirectional = true }),
        ("deltas-stacked", Networks.Tiny with { Readout = SequenceReadout.Max, Input = new() { Deltas = true, StackedSteps = 3 } }),
        ("members", Networks.Tiny with { Members = 3, Cell = RecurrentCell.Gru, Bidirectional = true }),
    ];

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Classifiers_of_numbers_are_exported(string name, RecurrentOptions options)
    {
        var rows = Rows();
        var model = Ml.Transforms.Conversion.MapValueToKey("Label").Append(Ml.MulticlassClassification.Trainers.Recurrent("Label", "Features", options))
            .Append(Ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(rows);

        Write($"classes-{name}", model, rows, []);
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Classifiers_of_texts_are_exported(string name, RecurrentOptions options)
    {
        var rows = Rows();
        var model = Ml.Transforms.Conversion.MapValueToKey("Label").Append(Ml.Transforms.Conversion.MapValueToKey("Tokens"))
            .Append(Ml.MulticlassClassification.Trainers.Recurrent("Label", "Tokens", options with { Input = new() }))
            .Append(Ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(rows);

        Write($"texts-{name}", model, rows, []);
    }

    [TestMethod]
    public void A_classifier_of_keys_is_exported()
    {
        var rows = Ml.Transforms.Conversion.MapValueToKey("Label").Append(Ml.Transforms.Conversion.MapValueToKey("Tokens")).Fit(Rows()).Transform(Rows());

        Write("classes-keys", Ml.MulticlassClassification.Trainers.Recurrent("Label", "Tokens", Networks.Tiny).Fit(rows), rows, []);
    }

    [TestMethod]
    public void A_classifier_of_two_classes_is_exported_behind_its_tokenizer()
    {
        var rows = Rows();
        var model = Ml.Transforms.Text.TokenizeIntoWords("Words", "Text", ['|']).Append(Ml.Transforms.Conversion.MapValueToKey("Keys", "Words"))
            .Append(Ml.BinaryClassification.Trainers.Recurrent("Flag", "Keys", Networks.Tiny)).Fit(rows);

        Write("texts-binary", model, rows, ["Words"]);
    }

    private static void Write(string name, ITransformer model, IDataView rows, string[] inputs)
    {
        using var temporary = new Scenarios.TemporaryFolder();
        string path = Path.Combine(InteropFileTests.Folder(temporary), $"{name}.onnx");

        Ml.Model.SaveAsOnnx(model, rows.Schema, path, new OnnxExportOptions { SampleRows = rows, InputColumnNames = [.. inputs] });

        Assert.IsNotEmpty(SequenceModel.Load(path).Manifest.OtherOutputs, "the class");
        new InteropRuns(1e-5).AddRandom(path, seed: 1).AddRandom(path, seed: 2).WriteBeside(path);
    }

    private static IDataView Rows()
    {
        var random = new Random(1);
        return Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(i =>
        {
            string[] words = [.. Enumerable.Range(0, 1 + (i % 5)).Select(_ => $"row {random.Next(9)}")];
            return new Row
            {
                Features = [.. Enumerable.Range(0, 2 * (1 + (i % 7))).Select(_ => random.NextSingle())],
                Tokens = words,
                Text = string.Join('|', words),
                Label = $"class {i % 3}",
                Flag = i % 2 == 0,
            };
        }).ToArray());
    }

    private sealed class Row
    {
        [VectorType(0, 2)]
        public float[] Features { get; set; } = [];

        public string[] Tokens { get; set; } = [];

        public string Text { get; set; } = "";

        public string Label { get; set; } = "";

        public bool Flag { get; set; }
    }
}
