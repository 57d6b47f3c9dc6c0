using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Forecasting;

/// <summary>Models that forecast one step after the other by a network of one step.</summary>
[TestClass]
public class RecursiveTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly ForecastOptions Recursive = new() { Decoder = ForecastDecoder.Recursive };

    private static readonly ForecastOptions Everything = Recursive with
    {
        Distribution = ForecastDistribution.Median,
        ConfidenceLowerBoundColumn = "LowerBound",
        ConfidenceUpperBoundColumn = "UpperBound",
        Normalization = WindowNormalization.LastValue,
        SeasonLength = 5,
        LinearHighway = true,
    };

    private static RecurrentOptions Small(int epochs, string cell = "gru", double rate = 0.01) => Networks.Tiny.Train(t => t with
    {
        Epochs = epochs,
        BatchSize = 32,
        LearningRate = rate,
        ValidationFraction = 0.2,
    }) with
    { Cell = Networks.Cell(cell), HiddenSizes = [8], DenseSizes = [] };

    // The definition, by what is public: a model of one step with the same weights, called again and again.
    [TestMethod]
    [DataRow(WindowNormalization.None, 0, false, false, "gru")]
    [DataRow(WindowNormalization.None, 0, true, false, "lstm")]
    [DataRow(WindowNormalization.None, 0, true, true, "rnn")]
    [DataRow(WindowNormalization.Standard, 0, false, true, "lstm")]
    [DataRow(WindowNormalization.Standard, 3, true, true, "gru")]
    [DataRow(WindowNormalization.LastValue, 8, true, false, "rnn_relu")]
    public void Its_forecasts_are_those_of_a_model_of_one_step_fed_with_its_own(
        WindowNormalization normalization, int season, bool highway, bool padded, string cell)
    {
        const int Horizon = 12; // more than a window
        var rows = Rows(160);
        var padding = padded ? WindowPadding.Start : WindowPadding.None;
        var options = Recursive with { Normalization = normalization, SeasonLength = season, LinearHighway = highway };
        var model = Fit(rows, options, Small(3, cell), Windows(8, Horizon, padding));
        using var one = OneStep(rows, model.LastTransformer.Model, options, Small(1, cell, rate: 1e-30), Windows(8, 1, padding));

        float[][] windows = SeriesRows.Column(model, rows, "Window"), forecasts = SeriesRows.Column(model, rows, "Forecast");

        for (int i = 0; i < windows.Length; i += 7)
        {
            float[] window = windows[i];
            for (int k = 0; k < Horizon; k++)
            {
                float[] next = one.Predict(window); // the targets, which are the features in another order
                for (int j = 0; j < 2; j++)
                    Assert.AreEqual(next[j], forecasts[i][(2 * k) + j], 2e-3f, $"target {j}, step {k + 1} after row {i}");
                window = [.. window[2..], next[1], next[0]];
            }
        }
    }

    [TestMethod]
    public void A_series_whose_value_is_its_index_goes_on_counting()
    {
        var rows = SeriesRows.View(Ml, [.. Enumerable.Range(0, 6).Select(s => ($"S{s}", Enumerable.Range(1000 * s, 80).Select(i => (float)i).ToArray()))]);
        foreach (var normalization in new[] { WindowNormalization.Standard, WindowNormalization.LastValue })
        {
            var model = Fit(rows, Recursive with { Normalization = normalization }, Small(80), SeriesRows.Windows(12, 4));

            var scored = model.Transform(rows);

            foreach (var (forecast, value) in scored.GetColumn<float[]>("Forecast").Zip(scored.GetColumn<float>("Value")))
            {
                for (int k = 0; k < 4; k++)
                    Assert.AreEqual(value + 1 + k, forecast[k], 0.25f, $"{normalization}, step {k + 1} after {value}"); // never off by one
            }
        }
    }

    [TestMethod]
    [DataRow("rnn")]
    [DataRow("lstm")]
    [DataRow("gru")]
    public void A_sine_is_learnt(string cell)
    {
        var rows = SeriesRows.View(Ml, ("A", Sine(400)));
        var model = Fit(rows, Recursive, Small(40, cell), SeriesRows.Windows(8, 12));

        var scored = model.Transform(rows);

        double error = scored.GetColumn<float[]>("Label").Zip(scored.GetColumn<float[]>("Forecast"))
            .Where(r => !r.First.Any(float.IsNaN)).Average(r => r.First.Zip(r.Second, (y, f) => Math.Abs(y - f)).Average());
        Assert.IsLessThan(0.2, error); // the sine's own mean absolute deviation is 0.64
    }

    [TestMethod]
    public void Bounds_hold_the_share_of_values_that_they_promise_at_every_step()
    {
        var options = Everything with { ConfidenceLevel = 0.8, SeasonLength = 0, Normalization = WindowNormalization.Standard };
        var model = Fit(SeriesRows.View(Ml, ("A", Walk(3000, 1))), options, Small(2), SeriesRows.Windows(8, 4));
        var scored = model.Transform(SeriesRows.View(Ml, ("A", Walk(3000, 2))));

        var parts = scored.GetColumn<float[]>("Label").Zip(scored.GetColumn<float[]>("LowerBound"), scored.GetColumn<float[]>("UpperBound"))
            .Where(r => !r.First.Any(float.IsNaN)).ToArray();

        double[] widths = new double[4];
        for (int k = 0; k < 4; k++)
        {
            Assert.AreEqual(0.8, parts.Average(r => r.First[k] >= r.Second[k] && r.First[k] <= r.Third[k] ? 1.0 : 0), 0.05, $"step {k + 1}");
            widths[k] = parts.Average(r => r.Third[k] - r.Second[k]);
        }
        Assert.IsGreaterThan(1.3 * widths[0], widths[3], "a walk is less sure the further it goes");
    }

    [TestMethod]
    [DataRow(WindowNormalization.Standard)]
    [DataRow(WindowNormalization.LastValue)]
    public void Forecasts_that_flatten_out_over_many_windows_stay_flat(WindowNormalization normalization)
    {
        var rows = SeriesRows.View(Ml, ("A", [.. Walk(300, 5).Select(v => v + 100)]));
        var model = Fit(rows, Recursive with { Normalization = normalization }, Small(5), SeriesRows.Windows(4, 60));

        float[][] forecasts = SeriesRows.Column(model, rows, "Forecast"), windows = SeriesRows.Column(model, rows, "Window");

        Assert.IsLessThan(1e-4, model.LastTransformer.Model.Manifest.Training.OnnxMaxAbsDiff);
        for (int i = 0; i < windows.Length; i++)
        {
            float width = windows[i].Max() - windows[i].Min();
            for (int k = 0; k < 60; k++)
                Assert.AreEqual(windows[i][^1], forecasts[i][k], 3 * width, $"step {k + 1} after row {i}: {string.Join(" ", forecasts[i])}");
        }
    }

    [TestMethod]
    public void The_loss_is_that_of_the_first_step()
    {
        var rows = SeriesRows.View(Ml, ("A", Sine(200)));
        // The same rows train: a label is known where its first step is, and validation takes none.
        var options = Small(3).Train(t => t with { ValidationFraction = 0 });
        var labels = SeriesRows.Windows(8, 3);
        var unscaled = options with { Scaling = new() { StandardizeFeatures = false, StandardizeTarget = false } };
        var recursive = Fit(rows, Recursive, unscaled, labels);

        var direct = Fit(rows, new() { Normalization = WindowNormalization.None }, unscaled, labels with { Horizon = 1 });

        for (int epoch = 0; epoch < 3; epoch++)
            Assert.AreEqual(direct.LastTransformer.History[epoch].TrainingLoss, recursive.LastTransformer.History[epoch].TrainingLoss, 0.01);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void A_model_is_the_same_after_it_was_saved_exported_and_averaged(int members)
    {
        using var folder = new TemporaryFolder();
        var rows = SeriesRows.View(Ml, ("A", Sine(150)), ("B", Sine(90)));
        var model = Ml.Transforms.Conversion.MapValueToKey("Key", "Series").Append(Ml.Transforms.SlidingWindow(SeriesRows.Windows(8, 3, WindowPadding.Start)))
            .Append(Ml.Forecasting.ForecastByRecurrent(Everything with { StaticColumnNames = ["Key"] }, Small(2) with { Members = members })).Fit(rows);
        Ml.Model.Save(model, rows.Schema, folder["model.zip"]);
        Ml.Model.SaveAsOnnx(model, rows.Schema, folder["model.onnx"], new() { SampleRows = rows }); // compares the file with Transform

        var loaded = new MLContext().Model.Load(folder["model.zip"], out _);

        foreach (string column in new[] { "Forecast", "LowerBound", "UpperBound" })
        {
            float[][] before = SeriesRows.Column(model, rows, column), after = SeriesRows.Column(loaded, rows, column);
            for (int i = 0; i < before.Length; i++)
                CollectionAssert.AreEqual(before[i], after[i]);
            Assert.IsTrue(before.SelectMany(v => v).All(float.IsFinite));
        }
        var manifest = SequenceModel.Load(folder["model.onnx"]).Manifest;
        Assert.AreEqual((ForecastDecoder.Recursive, 3), (manifest.Forecast!.Decoder, manifest.Forecast.Horizon));
        Assert.Contains("Decoder", (members == 1 ? model.LastTransformer.Model.Manifest.StreamingRefusal : "Decoder")!);
        Assert.Contains("Each step fed back", model.LastTransformer.Summary());
    }

    [TestMethod]
    public void The_scale_of_a_series_stays_while_its_window_rolls()
    {
        float[] walk = Walk(300, 3);
        var rows = SeriesRows.View(Ml, ("Small", walk), ("Large", [.. walk.Select(v => (1e3f * v) + 5e4f)]));
        var options = Recursive with { Normalization = WindowNormalization.Series, SeriesScaleColumnName = "Scale" };
        var model = Ml.Transforms.SeriesScale("Scale", "Value", "Series", SeriesScaling.Standard).Append(Ml.Transforms.SlidingWindow(SeriesRows.Windows(6, 4)))
            .Append(Ml.Forecasting.ForecastByRecurrent(options, Small(2))).Fit(rows);

        float[][] forecasts = SeriesRows.Column(model, rows, "Forecast");

        int windows = forecasts.Length / 2;
        for (int i = 0; i < windows; i++)
            Assert.AreEqual((1e3f * forecasts[i][3]) + 5e4f, forecasts[windows + i][3], 5f);
    }

    [TestMethod]
    [DataRow(OnnxPrecision.Float16Weights)]
    [DataRow(OnnxPrecision.Int8)]
    public void Weights_in_the_loop_are_stored_smaller_too(OnnxPrecision precision)
    {
        using var folder = new TemporaryFolder();
        var rows = SeriesRows.View(Ml, ("A", Sine(300)));
        var model = Fit(rows, Recursive, Small(2, "lstm") with { HiddenSizes = [128] }, SeriesRows.Windows(8, 3));
        Ml.Model.SaveAsOnnx(model, rows.Schema, folder["whole.onnx"]);

        Ml.Model.SaveAsOnnx(model, rows.Schema, folder["small.onnx"], new() { Precision = precision, SampleRows = rows }); // compares the forecasts

        double share = precision == OnnxPrecision.Int8 ? 0.4 : 0.6;
        Assert.IsLessThan(share * new FileInfo(folder["whole.onnx"]).Length, new FileInfo(folder["small.onnx"]).Length);
    }

    [TestMethod]
    public void Training_goes_on_where_it_was_broken_off_and_from_a_model()
    {
        using var folder = new TemporaryFolder();
        var rows = SeriesRows.View(Ml, ("A", Sine(200)));
        var windows = SeriesRows.Windows(8, 3);
        var whole = Fit(rows, Everything, Small(4), windows);
        var kept = Small(4).Train(t => t with { Checkpoint = new() { Path = folder["training.checkpoint"] } });
        Fit(rows, Everything, kept.Train(t => t with { Epochs = 2 }), windows);

        var resumed = Fit(rows, Everything, kept, windows);
        var streamed = Fit(rows, Everything, Small(4).Train(t => t with { ShuffleBufferSize = 64 }), windows);

        foreach (var (expected, actual) in SeriesRows.Column(whole, rows, "Forecast").Zip(SeriesRows.Column(resumed, rows, "Forecast")))
            CollectionAssert.AreEqual(expected, actual);
        Assert.AreEqual(whole.LastTransformer.History[^1].TrainingLoss, streamed.LastTransformer.History[^1].TrainingLoss, 0.1);
        var view = Ml.Transforms.SlidingWindow(windows).Fit(rows).Transform(rows);
        Fails.With<ArgumentException>(
            () => Ml.Forecasting.ForecastByRecurrent(Everything with { Decoder = ForecastDecoder.Direct }, Small(1)).Fit(view, initialModel: whole.LastTransformer.Model),
            "ForecastOptions.Decoder is Recursive in the initial model, Direct here");
    }

    [TestMethod]
    public void What_cannot_be_fed_back_is_refused()
    {
        var rows = Rows(60);

        Fails.With<ArgumentException>(
            () => Ml.Forecasting.ForecastByRecurrent(Recursive with
            {
                Distribution = ForecastDistribution.Quantiles,
                QuantilesColumnName = "Quantiles",
                FutureColumnName = "Future",
            }),
            "Recursive feeds one number back", "'Future'");
        Fails.With<ArgumentException>(() => Ml.Forecasting.ForecastByRecurrent(Recursive with { QuantilesColumnName = "Quantiles" }), "has no quantiles");
        Fails.With<ArgumentException>(
            () => Ml.Forecasting.ForecastByRecurrent(Recursive, new RecurrentOptions { Readout = SequenceReadout.Attention, AttentionColumnName = "Weights" }),
            "'Weights'");
        Fails.With<ArgumentException>(
            () => Fit(rows, Recursive, Small(1), Windows(8, 3) with { TargetColumns = ["Value"] }), "of the 2 values of a step", "only 1 are targets");
    }

    // The weights of a model that is rolled out, in a model of one step: by the file of weights that both name alike.
    private static SequencePredictor OneStep(
        IDataView rows, SequenceModel model, ForecastOptions options, RecurrentOptions network, SlidingWindowOptions windows)
    {
        var initial = SequenceModel.Create(
            Onnx.ModelProto.Parser.ParseFrom(model.OnnxBytes),
            model.Manifest with
            {
                Forecast = model.Manifest.Forecast! with { Decoder = ForecastDecoder.Direct, Horizon = 1 },
                Outputs = [new("Forecast", 2, IsVector: true, 2)],
            });
        var direct = options with { Decoder = ForecastDecoder.Direct };
        var view = Ml.Transforms.SlidingWindow(windows).Fit(rows).Transform(rows);
        var transformer = Ml.Forecasting.ForecastByRecurrent(direct, network.Train(t => t with { WeightDecay = 0 })).Fit(view, initialModel: initial);
        return new SequencePredictor(transformer.Model);
    }

    private static TransformerChain<SequenceTransformer> Fit(IDataView rows, ForecastOptions forecast, RecurrentOptions options, SlidingWindowOptions windows) =>
        Ml.Transforms.SlidingWindow(windows).Append(Ml.Forecasting.ForecastByRecurrent(forecast, options)).Fit(rows);

    // Two values, both targets, in another order.
    private static SlidingWindowOptions Windows(int length, int horizon, WindowPadding padding = WindowPadding.None) =>
        SeriesRows.Windows(length, horizon, padding) with { InputColumns = ["Value", "Known"], TargetColumns = ["Known", "Value"] };

    private static IDataView Rows(int count) => SeriesRows.View(Ml, (_, i) => 2 + MathF.Cos(i * 0.3f), ("A", Sine(count)), ("B", Walk(count, 4)));

    private static float[] Sine(int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i * 0.5f))];

    private static float[] Walk(int count, int seed)
    {
        var (random, at) = (new Random(seed), 0f);
        return [.. Enumerable.Range(0, count).Select(_ => at += random.NextSingle() - 0.5f)];
    }
}
