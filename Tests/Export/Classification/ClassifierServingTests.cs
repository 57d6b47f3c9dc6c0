using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms;
using MlNetRnn.Tests.Classification;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Export.Classification;

/// <summary>Classes of windows of a series, served row by row and step by step, and in reduced precision.</summary>
[TestClass]
public sealed class ClassifierServingTests
{
    private const int Steps = 6;

    private static readonly MLContext Ml = new(1);
    private static readonly Price[] Prices = [.. Enumerable.Range(0, 140).Select(i => new Price { Change = MathF.Sin(0.5f * i) + (0.2f * MathF.Cos(2.1f * i)), Volume = i % 5 })];
    private static readonly IDataView Rows = Ml.Data.LoadFromEnumerable(Prices);

    private static readonly RecurrentOptions Options = Classified.Tiny.Train(t => t with { Epochs = 12, LearningRate = 0.03 });

    private static readonly Lazy<ITransformer> Binary = new(() => Windows().Append(Ml.BinaryClassification.Trainers.Recurrent("Up", "Window", Options)).Fit(Rows));

    private static readonly Lazy<ITransformer> Multiclass = new(() => Windows().Append(Ml.Transforms.Conversion.MapValueToKey("Direction", "Up"))
        .Append(Ml.MulticlassClassification.Trainers.Recurrent("Direction", "Window", Options))
        .Append(Ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel")).Fit(Rows));

    public static IEnumerable<object[]> Tasks => [[false], [true]];

    [TestMethod, DynamicData(nameof(Tasks))]
    public void A_file_takes_raw_windows_and_gives_the_class(bool multiclass)
    {
        var model = Of(multiclass);
        using var folder = new TemporaryFolder();
        Ml.Model.SaveAsOnnx(model, Rows.Schema, folder["model.onnx"], new() { SampleRows = Rows });

        var manifest = SequenceModel.Load(folder["model.onnx"]).Manifest;
        Assert.AreSequenceEqual(["Change", "Volume"], manifest.Window!.InputColumnNames);
        var scored = model.Transform(Rows);
        float[][] expected = Scores(scored, multiclass);
        using var predictor = SequencePredictor.Load(folder["model.onnx"]);
        using var session = new InferenceSession(folder["model.onnx"]);
        string[] outputs = multiclass ? ["Class", "PredictedLabel", "Score"] : ["PredictedLabel", "Probability", "Score"];
        Assert.AreSequenceEqual(outputs, session.OutputNames.Order());
        using var run = new RunOptions();
        bool[] classes = [.. scored.GetColumn<bool>(multiclass ? "Class" : "PredictedLabel")];
        for (int i = 0; i < expected.Length; i++)
        {
            float[] window = Window(i);
            Scored.AreClose(expected[i], predictor.Predict(window), $"window {i + 1}");
            using var tensor = OrtValue.CreateTensorValueFromMemory(window, [1, Steps, 2]);
            using var given = run.Run(session, tensor, outputs[0]);
            Assert.AreEqual(classes[i], given[0].GetTensorDataAsSpan<bool>()[0]);
        }
        Assert.IsTrue(classes.Distinct().Count() == 2);
    }

    [TestMethod, DynamicData(nameof(Tasks))]
    public void A_model_without_its_windowing_serves_windows(bool multiclass)
    {
        var scored = Of(multiclass).Transform(Rows);
        var expected = Scores(scored, multiclass);
        var (served, kept) = (Of(multiclass).WithoutWindowing(), new PredictionEngineOptions { OwnsTransformer = false });
        for (int i = 0; i < expected.Length; i += 9)
        {
            var row = new WindowOnly { Window = Window(i) };
            if (multiclass)
            {
                using var engine = Ml.Model.CreatePredictionEngine<WindowOnly, ManyDirections>(served, kept);
                Scored.AreClose(expected[i], engine.Predict(row).Score, $"window {i + 1}");
            }
            else
            {
                using var engine = Ml.Model.CreatePredictionEngine<WindowOnly, Direction>(served, kept);
                Scored.AreClose(expected[i], [engine.Predict(row).Score], $"window {i + 1}");
            }
        }
    }

    [TestMethod, DynamicData(nameof(Tasks))]
    public void An_engine_of_rows_gives_the_classes_of_Transform(bool multiclass)
    {
        var scored = Of(multiclass).Transform(Rows);
        float[][] expected = Scores(scored, multiclass);
        bool[] classes = [.. scored.GetColumn<bool>(multiclass ? "Class" : "PredictedLabel")];
        if (multiclass)
        {
            using var engine = Of(true).CreateSequenceEngine<Price, ManyDirections>(Ml);
            Check(row => engine.Push(row) is { } p ? (p.Class, p.Score) : null);
        }
        else
        {
            using var engine = Of(false).CreateSequenceEngine<Price, Direction>(Ml);
            Check(row => engine.Push(row) is { } p ? (p.PredictedLabel, [p.Score]) : null);
        }

        void Check(Func<Price, (bool Class, float[] Score)?> push)
        {
            for (int i = 0; i < Prices.Length; i++)
            {
                var prediction = push(Prices[i]);
                Assert.AreEqual(i >= Steps - 1, prediction is not null);
                if (prediction is not { } given)
                    continue;
                Assert.AreEqual(classes[i - Steps + 1], given.Class);
                Scored.AreClose(expected[i - Steps + 1], given.Score, $"row {i + 1}");
            }
        }
    }

    [TestMethod, DynamicData(nameof(Tasks))]
    public void Step_by_step_the_scores_are_those_of_the_sequence_so_far(bool multiclass)
    {
        var model = Of(multiclass).GetSequenceModel();
        using var folder = new TemporaryFolder();
        Ml.Model.SaveAsOnnx(Of(multiclass), Rows.Schema, folder["step.onnx"], new() { Streaming = true, SampleRows = Rows });
        using var whole = new InferenceSession(model.OnnxBytes);
        foreach (var step in new[] { model, SequenceModel.Load(folder["step.onnx"]) })
        {
            using var predictor = new StreamingPredictor(step);
            Assert.AreEqual(multiclass ? 2 : 1, predictor.OutputSize);
            var series = predictor.CreateSeries();
            for (int t = 0; t < 30; t++)
            {
                float[] actual = series.Step([Prices[t].Change, Prices[t].Volume]);
                float[] sequence = [.. Prices[..(t + 1)].SelectMany(p => new[] { p.Change, p.Volume })];
                Scored.AreClose(StreamedModels.WholeSequence(whole, model, sequence), actual, $"step {t + 1}");
                Assert.AreEqual(multiclass, Math.Abs(actual.Sum() - 1) < 1e-5 && actual.Length == 2);
            }
            Assert.IsTrue(series.Step([float.NaN, 0]).All(float.IsNaN));
        }
    }

    [TestMethod]
    public void Tokens_and_both_directions_cannot_be_run_step_by_step_and_it_is_said_why()
    {
        var tokens = Classified.Tokens(40, 9).TokenView(Ml, 9);
        using var model = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny).Fit(tokens);

        Fails.With<NotSupportedException>(
            () =>
            {
                using var predictor = new StreamingPredictor(model.Model);
            }, "tokens");
        Fails.With<NotSupportedException>(() => Ml.Model.SaveAsOnnx(model, tokens.Schema, Stream.Null, new() { Streaming = true }), "tokens");
    }

    [TestMethod]
    [DataRow(OnnxPrecision.Int8, "many")]
    [DataRow(OnnxPrecision.Int8, "two")]
    [DataRow(OnnxPrecision.Int8, "tokens")]
    [DataRow(OnnxPrecision.Float16Weights, "many")]
    [DataRow(OnnxPrecision.Float16Weights, "two")]
    [DataRow(OnnxPrecision.Float16Weights, "tokens")]
    public void Reduced_precision_gives_nearly_the_same_classes(OnnxPrecision precision, string kind)
    {
        var (model, view) = Wide(kind);
        using var _ = model;
        using var stream = new MemoryStream();
        Ml.Model.SaveAsOnnx(model, view.Schema, stream, new() { Precision = precision, SampleRows = view });
        var reduced = SequenceModel.FromBytes(stream.ToArray(), "The file");
        using var session = new InferenceSession(stream.ToArray());
        using var run = new RunOptions();
        int same = 0, count = 0;
        foreach (var (i, expected) in ViewText.Rows(model.Transform(view), "PredictedLabel").Index())
        {
            using var tensor = Input(view, i, kind);
            using var outputs = run.Run(session, tensor, "PredictedLabel");
            string given = kind == "two" ? $"{outputs[0].GetTensorDataAsSpan<bool>()[0]}" : $"{outputs[0].GetTensorDataAsSpan<uint>()[0]}";
            same += given == expected ? 1 : 0;
            count++;
        }

        Assert.AreEqual(precision, reduced.Manifest.Precision);
        Assert.IsGreaterThan(0.97 * count, same);
        Assert.IsLessThan(0.7 * model.Model.OnnxBytes.Length, stream.Length);
    }

    [TestMethod]
    [DataRow("many")]
    [DataRow("two")]
    [DataRow("tokens")]
    public void Precisions_are_compared_by_their_scores_and_classes_have_no_squared_error(string kind)
    {
        var (model, view) = Wide(kind);
        using var _ = model;

        var report = Ml.Model.CompareOnnxPrecisions(model, view);

        Assert.HasCount(3, report.Results);
        Assert.IsTrue(report.Results.All(r => r.RootMeanSquaredError is null && r.MeanAbsoluteError is null));
        Assert.AreEqual(0, report.Results[0].LargestDifference);
        Assert.IsTrue(report.Results.Skip(1).All(r => r.LargestDifference is > 0 and < 0.3));
    }

    [TestMethod]
    public void A_class_that_is_hardly_ever_predicted_does_not_stop_an_export_in_reduced_precision()
    {
        var (model, view) = Wide("never seen");
        using var _ = model;

        foreach (var precision in new[] { OnnxPrecision.Int8, OnnxPrecision.Float16Weights })
            Ml.Model.SaveAsOnnx(model, view.Schema, Stream.Null, new() { Precision = precision, SampleRows = view });
    }

    private static ITransformer Of(bool multiclass) => multiclass ? Multiclass.Value : Binary.Value;

    // The window's own label, a number, becomes a class: up or not.
    private static EstimatorChain<ExpressionTransformer> Windows() =>
        Ml.Transforms.SlidingWindow("Window", ["Change", "Volume"], Steps).Append(Ml.Transforms.Expression("Up", "x => x > 0", "Label"));

    private static float[] Window(int i) => [.. Prices[i..(i + Steps)].SelectMany(p => new[] { p.Change, p.Volume })];

    private static float[][] Scores(IDataView scored, bool multiclass) =>
        multiclass ? Scored.Probabilities(scored) : [.. Scored.Logits(scored).Select(s => new[] { s })];

    private static (SequenceTransformer Model, IDataView View) Wide(string kind)
    {
        var options = (Classified.Learning with { Cell = RecurrentCell.Lstm, HiddenSizes = [48], EmbeddingSize = 16, Features = kind == "tokens" ? null : 2 })
            .Train(t => t with { Epochs = 6 });
        var view = kind == "tokens"
            ? Classified.Tokens(150, 60).TokenView(Ml, 60, "three")
            : Classified.Numbers(150).View(Ml, kind switch { "two" => "bool", "many" => "three", _ => "key" });
        return (kind == "two" ? Ml.BinaryClassification.Trainers.Recurrent(options).Fit(view) : Ml.MulticlassClassification.Trainers.Recurrent(options).Fit(view), view);
    }

    private static OrtValue Input(IDataView view, int row, string kind)
    {
        if (kind == "tokens")
        {
            uint[] keys = [.. view.GetColumn<VBuffer<uint>>("Features").ElementAt(row).DenseValues()];
            return OrtValue.CreateTensorValueFromMemory(keys, [1, keys.Length]);
        }
        float[] values = view.GetColumn<float[]>("Features").ElementAt(row);
        return OrtValue.CreateTensorValueFromMemory(values, [1, values.Length / 2, 2]);
    }

    private sealed class Price
    {
        public float Change { get; set; }

        public float Volume { get; set; }
    }

    private sealed class WindowOnly
    {
        [VectorType(Steps, 2)]
        public float[] Window { get; set; } = [];

        public float Label { get; set; }
    }

    private sealed class Direction
    {
        public bool PredictedLabel { get; set; }

        public float Score { get; set; }
    }

    private sealed class ManyDirections
    {
        public bool Class { get; set; }

        public float[] Score { get; set; } = [];
    }
}
