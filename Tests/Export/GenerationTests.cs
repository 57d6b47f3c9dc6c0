using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests;

/// <summary>Series that a model goes on with by its own forecasts: in C#, by hand, and in one ONNX file.</summary>
[TestClass]
public sealed class GenerationTests
{
    private static readonly MLContext Ml = new(1);

    [TestMethod]
    [DataRow("rnn", 1, 1, false)]
    [DataRow("lstm", 1, 3, false)]
    [DataRow("gru", 2, 1, false)]
    [DataRow("lstm", 3, 4, true)]
    public void The_roll_out_is_that_of_forecasts_made_by_hand_and_that_of_one_onnx_file(string cell, int features, int horizon, bool difference)
    {
        using var model = Fit(features, horizon, Networks.Tiny with { Cell = Networks.Cell(cell), Scaling = new() { Difference = difference } });
        float[,] seed = Seed(features, steps: 9, from: 40);
        float[,] generated = model.Generate(seed, 12);

        Assert.IsLessThan(1e-5, Difference.Max(ByHand(model, seed, 12), Flat(generated)));
        using var folder = new TemporaryFolder();
        Ml.Model.SaveGeneratorAsOnnx(model, folder["generator.onnx"]);
        float[] file = Run(folder["generator.onnx"], [Last(seed, 6), Last(Seed(features, 9, from: 60), 6)], 12);
        Assert.IsLessThan(1e-4, Difference.Max([.. Flat(generated), .. Flat(model.Generate(Seed(features, 9, from: 60), 12))], file));
    }

    [TestMethod]
    [DataRow(WindowNormalization.Standard)]
    [DataRow(WindowNormalization.LastValue)]
    public void Windows_in_units_of_their_own_roll_out_alike(WindowNormalization normalization)
    {
        var windows = Windows(features: 1, horizon: 3);
        var forecast = new ForecastOptions { Normalization = normalization, Distribution = ForecastDistribution.Quantiles, Quantiles = [0.1, 0.9], QuantilesColumnName = "Q" };
        using var model = Ml.Forecasting.ForecastByRecurrent(forecast, Networks.Tiny).Fit(windows);
        CheckByHandAndByFile(model);
    }

    [TestMethod]
    [DataRow(ForecastDecoder.EncoderDecoder)]
    [DataRow(ForecastDecoder.Recursive)]
    public void Models_with_loops_of_their_own_roll_out_alike(ForecastDecoder decoder)
    {
        using var model = Ml.Forecasting.ForecastByRecurrent(new ForecastOptions { Decoder = decoder }, Networks.Tiny).Fit(Windows(features: 1, horizon: 3));
        CheckByHandAndByFile(model);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public void The_file_generates_any_number_of_steps(int length)
    {
        using var model = Fit(features: 2, horizon: 1, Networks.Tiny);
        using var folder = new TemporaryFolder();
        Ml.Model.SaveGeneratorAsOnnx(model, folder["generator.onnx"]);

        Assert.HasCount(2 * length, Run(folder["generator.onnx"], [Seed(2, 6, from: 10)], length));
    }

    [TestMethod]
    public void Regression_models_ensembles_and_reloaded_pipelines_roll_out()
    {
        var rows = Rows(features: 1);
        var pipeline = Ml.Transforms.SlidingWindow("Window", ["A"], windowLength: 6)
            .Append(Ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny with { Members = 2 }));
        var model = pipeline.Fit(rows);
        var loaded = ComponentContract.Reload(Ml, model, rows.Schema);
        float[] seed = [.. Seed(1, 6, from: 50).Cast<float>()], generated = model.Generate(seed, 20);
        using var folder = new TemporaryFolder();
        Ml.Model.SaveGeneratorAsOnnx(loaded, folder["generator.onnx"]);

        Assert.HasCount(20, generated);
        Assert.AreSequenceEqual(generated, loaded.Generate(seed, 20));
        Assert.IsLessThan(1e-4, Difference.Max(generated, Run(folder["generator.onnx"], [Seed(1, 6, from: 50)], 20)));
        Assert.AreSequenceEqual(generated[..5], model.Generate([-100f, .. seed], 5)); // the last window alone is read
        Assert.IsEmpty(model.Generate(seed, 0));
    }

    [TestMethod]
    public void A_wave_that_was_learnt_is_continued_without_a_step_too_many()
    {
        const double period = 24;
        float Wave(int i) => (float)Math.Sin(2 * Math.PI * i / period);
        var rows = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 480).Select(i => new Row { A = Wave(i) }));
        var options = new RecurrentOptions
        {
            HiddenSizes = [16],
            DenseSizes = [],
            Training = new() { Epochs = 60, BatchSize = 16, Seed = 1, LearningRate = 5e-3, EarlyStopping = null, Schedule = new CosineSchedule() },
        };
        var model = Ml.Transforms.SlidingWindow("Window", ["A"], windowLength: 24).Append(Ml.Regression.Trainers.Lstm("Label", "Window", options)).Fit(rows);

        float[] generated = model.Generate([.. Enumerable.Range(480, 24).Select(Wave)], 96);

        double error = Enumerable.Range(0, 96).Average(i => Math.Pow(generated[i] - Wave(504 + i), 2));
        double shifted = Enumerable.Range(0, 96).Average(i => Math.Pow(generated[i] - Wave(505 + i), 2));
        Assert.IsLessThan(0.01, error, "four periods on");
        Assert.IsLessThan(shifted, error);
    }

    [TestMethod]
    public void Padded_windows_begin_with_short_seeds()
    {
        var windows = Ml.Transforms.SlidingWindow(new SlidingWindowOptions { InputColumns = ["A"], WindowLength = 6, Padding = WindowPadding.Start }).Fit(Rows(1)).Transform(Rows(1));
        using var model = Ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny).Fit(windows);
        using var predictor = new SequencePredictor(model.Model);

        float[] generated = model.Generate([1f, 2f], 3);

        Assert.AreEqual(predictor.Predict([1f, 2f])[0], generated[0], 1e-6);
        Assert.AreEqual(predictor.Predict([1f, 2f, generated[0]])[0], generated[1], 1e-6);
        Fails.With<ArgumentException>(() => model.Generate([], 3), "0 steps", "at least 1");
    }

    [TestMethod]
    public void A_column_may_have_the_name_of_the_files_own_values()
    {
        var windows = Ml.Transforms.SlidingWindow("Seed", ["A"], windowLength: 6).Fit(Rows(1)).Transform(Rows(1));
        using var model = Ml.Forecasting.ForecastByRecurrent("Generated", "Seed", "Label", Networks.Tiny).Fit(windows);
        using var folder = new TemporaryFolder();

        Ml.Model.SaveGeneratorAsOnnx(model, folder["generator.onnx"]);

        float[,] seed = Seed(1, 6, from: 20);
        Assert.IsLessThan(1e-4, Difference.Max(model.Generate([.. seed.Cast<float>()], 4), Run(folder["generator.onnx"], [seed], 4)));
    }

    [TestMethod]
    public void Models_that_do_not_forecast_what_they_read_are_refused()
    {
        var other = Ml.Transforms.SlidingWindow("Window", ["A"], windowLength: 6, targetColumnName: "B").Fit(Rows(2)).Transform(Rows(2));
        using var regression = Ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny).Fit(other);
        Fails.With<ArgumentException>(() => regression.Generate([1, 2, 3, 4, 5, 6], 3), "feature 1", "not among the 1 targets of 'Label'", "TargetColumns");
        using var folder = new TemporaryFolder();
        Fails.With<ArgumentException>(() => Ml.Model.SaveGeneratorAsOnnx(regression, folder["generator.onnx"]), "feature 1");
        Assert.IsFalse(File.Exists(folder["generator.onnx"]));

        var both = Ml.Transforms.SlidingWindow("Window", ["A", "B"], windowLength: 6, targetColumnName: "A").Fit(Rows(2)).Transform(Rows(2));
        using var partly = Ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny).Fit(both);
        Fails.With<ArgumentException>(() => partly.Generate(new float[6, 2], 3), "feature 2");
    }

    [TestMethod]
    public void Seeds_that_are_no_windows_are_refused()
    {
        using var model = Fit(features: 2, horizon: 1, Networks.Tiny);

        Fails.With<ArgumentException>(() => model.Generate(new float[5, 2], 3), "5 steps", "windows of 6");
        Fails.With<ArgumentException>(() => model.Generate(new float[6, 3], 3), "3 features", "2");
        Fails.With<ArgumentException>(() => model.Generate(new float[12], 3), "2 features", "float[steps, 2]");
        Fails.With<ArgumentOutOfRangeException>(() => model.Generate(new float[6, 2], -1), "length");
        var seed = new float[6, 2];
        seed[3, 1] = float.NaN;
        Fails.With<ArgumentException>(() => model.Generate(seed, 3), "Step 4", "NaN");
    }

    private static void CheckByHandAndByFile(SequenceTransformer model)
    {
        float[,] seed = Seed(1, steps: 6, from: 30);
        using var folder = new TemporaryFolder();
        Ml.Model.SaveGeneratorAsOnnx(model, folder["generator.onnx"]);

        float[] generated = model.Generate([.. seed.Cast<float>()], 10);
        Assert.IsLessThan(1e-4, Difference.Max(ByHand(model, seed, 10), generated));
        Assert.IsLessThan(1e-4, Difference.Max(generated, Run(folder["generator.onnx"], [seed], 10)));
    }

    private static SequenceTransformer Fit(int features, int horizon, RecurrentOptions options) =>
        Ml.Forecasting.ForecastByRecurrent(options: options).Fit(Windows(features, horizon));

    private static IDataView Windows(int features, int horizon)
    {
        string[] columns = [.. new[] { "A", "B", "C" }.Take(features)];
        return Ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = [.. columns],
            TargetColumns = [.. columns.Reverse()], // in an order of their own
            WindowLength = 6,
            Horizon = horizon,
        }).Fit(Rows(features)).Transform(Rows(features));
    }

    private static IDataView Rows(int features) => Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 80).Select(i => new Row { A = Value(i, 0), B = Value(i, 1), C = Value(i, 2) }));

    private static float Value(int row, int feature) => (float)(Math.Sin((row * (0.3 + (0.1 * feature))) + feature) + feature);

    private static float[,] Seed(int features, int steps, int from)
    {
        var seed = new float[steps, features];
        for (int i = 0; i < steps; i++)
        {
            for (int f = 0; f < features; f++)
                seed[i, f] = Value(from + i, f);
        }
        return seed;
    }

    private static float[,] Last(float[,] series, int steps)
    {
        int features = series.GetLength(1), skipped = series.GetLength(0) - steps;
        var last = new float[steps, features];
        for (int i = 0; i < steps; i++)
        {
            for (int f = 0; f < features; f++)
                last[i, f] = series[skipped + i, f];
        }
        return last;
    }

    // By Transform: a window, its forecast, the next window.
    private static float[] ByHand(SequenceTransformer model, float[,] seed, int length)
    {
        int features = seed.GetLength(1);
        var series = seed.Cast<float>().ToList();
        using var predictor = new SequencePredictor(model.Model);
        for (int k = 0; k < length; k++)
        {
            float[] window = [.. series.TakeLast(6 * features)];
            series.AddRange(predictor.Predict(window).Take(features).Reverse()); // the targets stand in reverse
        }
        return [.. series.Skip(seed.Length)];
    }

    private static float[] Flat(float[,] values) => [.. values.Cast<float>()];

    private static float[] Run(string file, float[][,] seeds, int steps)
    {
        float[] values = [.. seeds.SelectMany(s => s.Cast<float>())];
        using var session = new InferenceSession(file);
        using var input = OrtValue.CreateTensorValueFromMemory(values, [seeds.Length, seeds[0].GetLength(0), seeds[0].GetLength(1)]);
        using var length = OrtValue.CreateTensorValueFromMemory(new long[] { steps }, []);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["Seed", "Length"], [input, length], ["Generated"]);
        if (steps > 0) // of none there is no shape
            Assert.AreSequenceEqual(new long[] { seeds.Length, steps, seeds[0].GetLength(1) }, outputs[0].GetTensorTypeAndShape().Shape);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }

        public float C { get; set; }
    }
}
