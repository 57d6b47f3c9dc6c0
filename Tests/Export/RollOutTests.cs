using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests;

/// <summary>Models of every kind rolled out, held to what <c>Transform</c> gives window by window; and what cannot be rolled out.</summary>
[TestClass]
public sealed class RollOutTests
{
    private const int Window = 8;

    private static readonly MLContext Ml = new(1);

    private static readonly RecurrentOptions Rnn = Networks.Tiny with { Cell = RecurrentCell.Rnn };

    public static IEnumerable<(string Name, ForecastOptions Forecast, RecurrentOptions Options)> Kinds =>
    [
        ("recursive", new() { Decoder = ForecastDecoder.Recursive, Normalization = WindowNormalization.Standard, SeasonLength = 3 }, Rnn),
        ("encoder-decoder", new() { Decoder = ForecastDecoder.EncoderDecoder }, Networks.Tiny),
        ("student-t", new() { Distribution = ForecastDistribution.StudentT }, Networks.Tiny),
        ("normal", new() { Distribution = ForecastDistribution.Normal, Normalization = WindowNormalization.LastValue }, Networks.Tiny),
        ("highway", new() { LinearHighway = true, Normalization = WindowNormalization.LastValue, SeasonLength = 4 }, Networks.Tiny),
        ("deltas", new(), Networks.Tiny with { Input = new() { Deltas = true, StackedSteps = 2 } }),
        ("members", new(), Rnn with { Members = 3 }),
        ("bidirectional", new(), Rnn with { Bidirectional = true, HiddenSizes = [4, 3] }),
        ("attention", new(), Networks.Tiny with { Readout = SequenceReadout.Attention, AttentionColumnName = "Weights" }),
        ("own-cell", new(), Networks.Tiny with { Cell = new MinGruCell(), LayerNormalization = true }),
        ("differenced", new(), Networks.Tiny with { Scaling = new() { Difference = true } }),
    ];

    public static IEnumerable<object[]> Names => Kinds.Select(k => new object[] { k.Name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Every_kind_of_model_rolls_out_as_transform_would_in_csharp_and_in_one_file(string name)
    {
        var (_, forecast, options) = Kinds.Single(k => k.Name == name);
        using var model = Ml.Forecasting.ForecastByRecurrent(forecast, options).Fit(Windows(horizon: 3));
        using var folder = new TemporaryFolder();
        Ml.Model.SaveGeneratorAsOnnx(model, folder["generator.onnx"]);
        float[] one = Wave(Window, from: 40), other = Wave(Window, from: 57);

        float[] ours = model.Generate(one, 20);

        Assert.IsLessThan(1e-4, Difference.Max(ByTransform(model, one, 20), ours));
        var (shape, values) = Run(folder["generator.onnx"], [one, other], 20);
        Assert.AreSequenceEqual(new long[] { 2, 20, 1 }, shape);
        Assert.IsLessThan(1e-4, Difference.Max([.. ours, .. model.Generate(other, 20)], values));
    }

    [TestMethod]
    public void A_series_whose_value_is_its_index_goes_on_counting()
    {
        var rows = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(i => new Row { A = i }));
        var options = Networks.Tiny with { Scaling = new() { Difference = true } };
        var model = Ml.Transforms.SlidingWindow("Window", ["A"], Window).Append(Ml.Regression.Trainers.Gru("Label", "Window", options)).Fit(rows);

        float[] generated = model.Generate([.. Enumerable.Range(1000, Window).Select(i => (float)i)], 50);

        for (int k = 0; k < 50; k++)
            Assert.AreEqual(1000 + Window + k, generated[k], 0.25f, $"step {k + 1}"); // never off by one
    }

    [TestMethod]
    public void Windows_that_are_padded_and_measured_begin_with_short_seeds()
    {
        using var model = Ml.Forecasting.ForecastByRecurrent(new ForecastOptions { Normalization = WindowNormalization.LastValue }, Networks.Tiny)
            .Fit(Windows(horizon: 2, WindowPadding.Start));
        using var folder = new TemporaryFolder();
        Ml.Model.SaveGeneratorAsOnnx(model, folder["generator.onnx"]);

        float[] generated = model.Generate(Wave(3), 12); // until the window is full, and further

        float[] padded = [.. Enumerable.Repeat(float.NaN, Window - 3), .. Wave(3)];
        Assert.IsLessThan(1e-5, Difference.Max(ByTransform(model, padded, 12), generated));
        Assert.IsLessThan(1e-5, Difference.Max(generated, Run(folder["generator.onnx"], [padded], 12).Values));
        Fails.With<ArgumentException>(() => model.Generate([], 1), "0 steps", "at least 1");
    }

    [TestMethod]
    public void Models_of_any_number_of_steps_read_as_many_as_the_seed_has()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 60).Select(i => Wave(random.Next(3, 12) + 1, i)).Select(w => new Ragged { Features = w[..^1], Label = w[^1] }).ToArray();
        using var model = Ml.Regression.Trainers.Gru(options: Networks.Tiny).Fit(Ml.Data.LoadFromEnumerable(rows));
        using var predictor = new SequencePredictor(model.Model);
        using var folder = new TemporaryFolder();
        Ml.Model.SaveGeneratorAsOnnx(model, folder["generator.onnx"]);
        foreach (int steps in new[] { 1, 5, 20 })
        {
            var series = Wave(steps).ToList();

            float[] generated = model.Generate(Wave(steps), 6);

            for (int k = 0; k < 6; k++)
                series.Add(predictor.Predict([.. series.TakeLast(steps)])[0]);
            Assert.IsLessThan(1e-5, Difference.Max([.. series.Skip(steps)], generated));
            Assert.IsLessThan(1e-5, Difference.Max(generated, Run(folder["generator.onnx"], [Wave(steps)], 6).Values));
        }
    }

    [TestMethod]
    public void A_file_gives_no_steps_and_no_series_where_none_are_asked_for()
    {
        using var model = Ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny).Fit(Windows(horizon: 1));
        using var folder = new TemporaryFolder();
        string file = folder["generator.onnx"];
        Ml.Model.SaveGeneratorAsOnnx(model, file);

        Assert.AreSequenceEqual(new long[] { 2, 0, 1 }, Run(file, [Wave(Window), Wave(Window)], 0).Shape);
        Assert.AreSequenceEqual(new long[] { 1, 0, 1 }, Run(file, [Wave(Window)], -3).Shape);
        Assert.AreSequenceEqual(new long[] { 0, 5, 1 }, Run(file, [], 5).Shape); // ONNX Runtime's recurrent operators would end the process
        Assert.AreSequenceEqual(new long[] { 2, 1, 1 }, Run(file, [Wave(Window), Wave(Window)], 1).Shape);
    }

    [TestMethod]
    public void A_generator_given_for_a_model_is_told_apart_from_a_damaged_file()
    {
        using var model = Ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny).Fit(Windows(horizon: 1));
        using var folder = new TemporaryFolder();
        Ml.Model.SaveGeneratorAsOnnx(model, folder["generator.onnx"]);

        Fails.With<FormatException>(() => SequencePredictor.Load(folder["generator.onnx"]), "generator.onnx", "seed of 'Window'", "InferenceSession");
        Fails.With<FormatException>(() => SequenceGenerator.Load(folder["generator.onnx"]), "is a generator");
    }

    [TestMethod]
    public void A_file_that_cannot_be_written_leaves_the_one_that_is_there()
    {
        using var model = Ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny).Fit(Windows(horizon: 1));
        using var folder = new TemporaryFolder();
        Ml.Model.SaveGeneratorAsOnnx(model, folder["generator.onnx"]);
        byte[] before = File.ReadAllBytes(folder["generator.onnx"]);
        using var classes = Classes();

        Fails.With<ArgumentException>(() => Ml.Model.SaveGeneratorAsOnnx(classes, folder["generator.onnx"]), "binary classification");
        Fails.With<IOException>(() => Ml.Model.SaveGeneratorAsOnnx(model, folder["gone/generator.onnx"]), "gone");

        Assert.AreSequenceEqual(before, File.ReadAllBytes(folder["generator.onnx"]));
        Assert.AreSequenceEqual(new[] { "generator.onnx" }, folder.Names);
    }

    [TestMethod]
    public void Pipelines_that_normalise_what_the_model_reads_are_refused_and_their_models_go_on_in_its_units()
    {
        var before = Ml.Transforms.NormalizeMinMax("A").Append(Ml.Transforms.SlidingWindow("Window", ["A"], Window))
            .Append(Ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny)).Fit(Rows());
        using var folder = new TemporaryFolder();

        Fails.With<ArgumentException>(() => before.Generate(Wave(Window), 3), "normalises 'A'", "SequenceTransformer");
        Fails.With<ArgumentException>(() => Ml.Model.SaveGeneratorAsOnnx(before, folder["generator.onnx"]), "normalises 'A'");
        Assert.HasCount(3, before.LastTransformer.Generate(new float[Window], 3));

        // The label stays in other units than the windows: no forecast of it can be the next value of one.
        var behind = Ml.Transforms.SlidingWindow("Window", ["A"], Window).Append(Ml.Transforms.NormalizeMeanVariance("Window"))
            .Append(Ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny)).Fit(Rows());
        Fails.With<ArgumentException>(() => behind.LastTransformer.Generate(Wave(Window), 3), "behind the windowing", "other units");

        // Another column's normaliser changes nothing.
        var beside = Ml.Transforms.NormalizeMinMax("B").Append(Ml.Transforms.SlidingWindow("Window", ["A"], Window))
            .Append(Ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny)).Fit(Rows());
        Assert.HasCount(3, beside.Generate(Wave(Window), 3));
    }

    [TestMethod]
    public void Models_that_forecast_no_series_are_refused()
    {
        using var classes = Classes();
        Fails.With<ArgumentException>(() => classes.Generate(Wave(Window), 3), "binary classification", "regression or forecasting");

        var grouped = new SlidingWindowOptions { InputColumns = ["A"], WindowLength = Window, Horizon = 2, StaticColumns = ["B"] };
        var rows = Ml.Transforms.SlidingWindow(grouped).Fit(Rows()).Transform(Rows());
        using var covariates = Ml.Forecasting.ForecastByRecurrent(new ForecastOptions { StaticColumnNames = ["B"] }, Networks.Tiny).Fit(rows);
        Fails.With<ArgumentException>(() => covariates.Generate(Wave(Window), 3), "columns beside the window", "'B'");

        var mask = new SlidingWindowOptions { InputColumns = ["A"], WindowLength = Window, MissingValues = MissingValuePolicy.Mask };
        using var indicated = Ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny).Fit(Ml.Transforms.SlidingWindow(mask).Fit(Rows()).Transform(Rows()));
        Fails.With<ArgumentException>(() => indicated.Generate(new float[Window, 2], 3), "2 features", "feature 2 is not among the 1 targets");
    }

    [TestMethod]
    public void More_steps_than_an_array_holds_are_refused()
    {
        using var model = Ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny).Fit(Windows(horizon: 1));

        foreach (int length in new[] { int.MaxValue, Array.MaxLength })
            Fails.With<ArgumentOutOfRangeException>(() => model.Generate(Wave(Window), length), "At most", "1 features");
    }

    [TestMethod]
    public void A_roll_out_that_grows_beyond_all_numbers_ends_with_the_step()
    {
        using var trained = Ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny).Fit(Windows(horizon: 1));
        using var model = new SequenceTransformer(TinyModel.WithGraph(trained.Model.Manifest, (graph, input) =>
        {
            string last = graph.Node("Gather", [input, graph.Integers(-1)], ("axis", 1));
            return graph.Node("Mul", [graph.Node("Squeeze", [last, graph.Integers(1)]), graph.Singles(1e15f)]);
        }));

        Fails.With<InvalidOperationException>(() => model.Generate(Wave(Window), 10), "Step 3 of 10", "beyond all numbers");
    }

    private static SequenceTransformer Classes() =>
        Ml.BinaryClassification.Trainers.Lstm("Label", "Window", Networks.Tiny).Fit(Ml.Transforms.Expression("Label", "x => x > 5", "Label").Fit(Windows(1)).Transform(Windows(1)));

    private static IDataView Rows() => Ml.Data.LoadFromEnumerable(Wave(120).Select((value, i) => new Row { A = value, B = i % 3 }));

    private static IDataView Windows(int horizon, WindowPadding padding = WindowPadding.None)
    {
        var options = new SlidingWindowOptions { InputColumns = ["A"], WindowLength = Window, Horizon = horizon, Padding = padding };
        return Ml.Transforms.SlidingWindow(options).Fit(Rows()).Transform(Rows());
    }

    private static float[] Wave(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(i => MathF.Sin(0.3f * i) + 5)];

    private static float[] ByTransform(SequenceTransformer model, float[] seed, int length)
    {
        var series = seed.ToList();
        for (int k = 0; k < length; k++)
        {
            var row = Ml.Data.LoadFromEnumerable(new[] { new WindowRow { Window = [.. series.TakeLast(Window)] } });
            series.Add(model.Transform(row).GetColumn<float[]>("Forecast").Single()[0]);
        }
        return [.. series.Skip(seed.Length)];
    }

    private static (long[] Shape, float[] Values) Run(string file, float[][] seeds, long steps)
    {
        using var session = new InferenceSession(file);
        using var input = OrtValue.CreateTensorValueFromMemory(seeds.SelectMany(s => s).ToArray(), [seeds.Length, seeds.FirstOrDefault()?.Length ?? Window, 1]);
        using var length = OrtValue.CreateTensorValueFromMemory(new[] { steps }, []);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["Seed", "Length"], [input, length], ["Generated"]);
        return (outputs[0].GetTensorTypeAndShape().Shape, outputs[0].GetTensorDataAsSpan<float>().ToArray());
    }

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }
    }

    private sealed class WindowRow
    {
        [VectorType(RollOutTests.Window, 1)]
        public float[] Window { get; set; } = [];
    }

    private sealed class Ragged
    {
        [VectorType(0, 1)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
