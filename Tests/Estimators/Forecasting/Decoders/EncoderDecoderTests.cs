using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Forecasting;

/// <summary>Models that forecast by a decoder, as a user trains, scores, saves and exports them.</summary>
[TestClass]
public class EncoderDecoderTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly ForecastOptions Decoder = new() { Decoder = ForecastDecoder.EncoderDecoder };

    private static readonly ForecastOptions Everything = Decoder with
    {
        Distribution = ForecastDistribution.Quantiles,
        QuantilesColumnName = "Quantiles",
        ConfidenceLowerBoundColumn = "LowerBound",
        ConfidenceUpperBoundColumn = "UpperBound",
        Normalization = WindowNormalization.Standard,
        SeasonLength = 5,
        LinearHighway = true,
    };

    private static readonly string[] Columns = ["Forecast", "LowerBound", "UpperBound", "Quantiles"];

    private static RecurrentOptions Small(int epochs, string cell = "gru", double rate = 0.01) => Networks.Tiny.Train(t => t with
    {
        Epochs = epochs,
        BatchSize = 32,
        LearningRate = rate,
        ValidationFraction = 0.2,
    }) with
    { Cell = Networks.Cell(cell), HiddenSizes = [8], DenseSizes = [] };

    [TestMethod]
    [DataRow("rnn")]
    [DataRow("rnn_relu")]
    [DataRow("lstm")]
    [DataRow("gru")]
    public void A_sine_is_learnt_by_every_cell(string cell)
    {
        var rows = SeriesRows.View(Ml, ("A", Sine(400)));
        var model = Fit(rows, Decoder, Small(40, cell), SeriesRows.Windows(8, 12));

        var scored = model.Transform(rows);

        double error = scored.GetColumn<float[]>("Label").Zip(scored.GetColumn<float[]>("Forecast"))
            .Where(r => !r.First.Any(float.IsNaN)).Average(r => r.First.Zip(r.Second, (y, f) => Math.Abs(y - f)).Average());
        Assert.IsLessThan(0.15, error); // the sine's own mean absolute deviation is 0.64
    }

    [TestMethod]
    [DataRow(WindowNormalization.Standard, false)]
    [DataRow(WindowNormalization.LastValue, false)]
    [DataRow(WindowNormalization.LastValue, true)]
    public void A_series_whose_value_is_its_index_goes_on_counting(WindowNormalization normalization, bool highway)
    {
        var rows = SeriesRows.View(Ml, [.. Enumerable.Range(0, 6).Select(s => ($"S{s}", Count(1000 * s, 80)))]);
        var model = Fit(rows, Decoder with { Normalization = normalization, LinearHighway = highway }, Small(60), SeriesRows.Windows(12, 4));

        var scored = model.Transform(rows);

        foreach (var (forecast, value) in scored.GetColumn<float[]>("Forecast").Zip(scored.GetColumn<float>("Value")))
        {
            for (int k = 0; k < 4; k++)
                Assert.AreEqual(value + 1 + k, forecast[k], 0.25f, $"step {k + 1} after {value}"); // never off by one
        }
    }

    [TestMethod]
    public void What_is_known_of_a_step_is_read_at_that_step()
    {
        var rows = SeriesRows.View(Ml, (_, i) => Known(i), ("A", [.. Enumerable.Range(0, 300).Select(Known)])); // noise, known ahead
        var windows = SeriesRows.Windows(4, 3) with { FutureColumns = ["Known"] };
        var model = Fit(rows, Decoder with { FutureColumnName = "Future" }, Small(60, rate: 0.02), windows);

        var scored = model.Transform(rows);

        double error = scored.GetColumn<float[]>("Label").Zip(scored.GetColumn<float[]>("Forecast"))
            .Where(r => !r.First.Any(float.IsNaN)).Average(r => r.First.Zip(r.Second, (y, f) => Math.Abs(y - f)).Average());
        Assert.IsLessThan(0.1, error); // 0.5 without
    }

    [TestMethod]
    public void Several_targets_padding_gaps_and_keys_go_together()
    {
        float[] values = [.. Sine(120).Select((v, i) => i % 17 == 3 ? float.NaN : v + 3)];
        var rows = SeriesRows.View(Ml, (_, i) => MathF.Cos(i * 0.5f), ("A", values), ("B", Sine(60)), ("C", [1, 2, 3]));
        var windows = SeriesRows.Windows(8, 4, WindowPadding.Start) with
        {
            InputColumns = ["Value", "Known"],
            TargetColumns = ["Known", "Value"],
            MissingValues = MissingValuePolicy.ForwardFill,
        };
        var model = Ml.Transforms.Conversion.MapValueToKey("Key", "Series").Append(Ml.Transforms.SlidingWindow(windows))
            .Append(Ml.Forecasting.ForecastByRecurrent(Everything with { StaticColumnNames = ["Key"] }, Small(3, "lstm"))).Fit(rows);

        Assert.IsTrue(SeriesRows.Column(model, rows, "Forecast").SelectMany(f => f).All(float.IsFinite));
        Assert.IsLessThan(1e-4, model.LastTransformer.Model.Manifest.Training.OnnxMaxAbsDiff);
        Assert.AreEqual(4 * 2, SeriesRows.Column(model, rows, "Forecast")[0].Length);
    }

    [TestMethod]
    [DataRow("gru", 1)]
    [DataRow("lstm", 2)]
    public void A_model_is_the_same_after_it_was_saved_exported_and_averaged(string cell, int members)
    {
        using var folder = new TemporaryFolder();
        var rows = SeriesRows.View(Ml, ("A", Sine(150)), ("B", Sine(90)));
        var model = Fit(rows, Everything, Small(2, cell) with { Members = members }, SeriesRows.Windows(8, 3, WindowPadding.Start));
        Ml.Model.Save(model, rows.Schema, folder["model.zip"]);
        Ml.Model.SaveAsOnnx(model, rows.Schema, folder["model.onnx"], new() { SampleRows = rows }); // compares the file with Transform

        var loaded = new MLContext().Model.Load(folder["model.zip"], out _);
        using var predictor = SequencePredictor.Load(folder["model.onnx"]);

        foreach (string column in Columns)
        {
            foreach (var (before, after) in SeriesRows.Column(model, rows, column).Zip(SeriesRows.Column(loaded, rows, column)))
                CollectionAssert.AreEqual(before, after);
        }
        float[] window = SeriesRows.Column(model, rows, "Window")[^1];
        foreach (var (expected, actual) in SeriesRows.Column(model, rows, "Forecast")[^1].Zip(predictor.Predict(window)))
            Assert.AreEqual(expected, actual, 1e-4f);
        Assert.AreEqual(ForecastDecoder.EncoderDecoder, predictor.Model.Manifest.Forecast!.Decoder);
    }

    [TestMethod]
    [DataRow("gru")]
    [DataRow("rnn")]
    [DataRow("lstm")]
    public void A_window_is_forecast_alike_alone_and_among_many(string cell)
    {
        var rows = SeriesRows.View(Ml, ("A", Sine(900)));
        var model = Fit(rows, Everything, Small(1, cell), SeriesRows.Windows(8, 3));
        var windows = Ml.Transforms.SlidingWindow(SeriesRows.Windows(8, 3)).Fit(rows).Transform(rows);

        float[][] many = SeriesRows.Column(model, rows, "Forecast"); // in the form for large batches, where the cell has one

        using var engine = Ml.Model.CreatePredictionEngine<Window, Forecast>(model.LastTransformer);
        foreach (var (window, expected) in windows.GetColumn<float[]>("Window").Zip(many).Take(20))
        {
            float[] alone = engine.Predict(new() { Values = window }).Values;
            for (int k = 0; k < 3; k++)
                Assert.AreEqual(expected[k], alone[k], 1e-4f);
        }
    }

    [TestMethod]
    [DataRow(OnnxPrecision.Float16Weights)]
    [DataRow(OnnxPrecision.Int8)]
    public void Weights_of_the_decoder_are_stored_smaller_too(OnnxPrecision precision)
    {
        using var folder = new TemporaryFolder();
        var rows = SeriesRows.View(Ml, ("A", Sine(300)));
        var model = Fit(rows, Decoder, Small(2, "lstm") with { HiddenSizes = [128] }, SeriesRows.Windows(8, 3));
        Ml.Model.SaveAsOnnx(model, rows.Schema, folder["whole.onnx"]);

        Ml.Model.SaveAsOnnx(model, rows.Schema, folder["small.onnx"], new() { Precision = precision, SampleRows = rows }); // compares the forecasts

        double share = precision == OnnxPrecision.Int8 ? 0.35 : 0.6; // of weights that are 128 × 128 four times, twice
        Assert.IsLessThan(share * new FileInfo(folder["whole.onnx"]).Length, new FileInfo(folder["small.onnx"]).Length);
    }

    [TestMethod]
    public void Training_goes_on_where_it_was_broken_off()
    {
        using var folder = new TemporaryFolder();
        var rows = SeriesRows.View(Ml, ("A", Sine(200)));
        var options = Small(4, "lstm") with { Dropout = 0.2, RecurrentDropout = 0.2 };
        var windows = SeriesRows.Windows(8, 3);
        var whole = Fit(rows, Everything, options, windows);
        var kept = options.Train(t => t with { Checkpoint = new() { Path = folder["training.checkpoint"] } });
        Fit(rows, Everything, kept.Train(t => t with { Epochs = 2 }), windows);

        var resumed = Fit(rows, Everything, kept, windows);

        foreach (var (expected, actual) in SeriesRows.Column(whole, rows, "Forecast").Zip(SeriesRows.Column(resumed, rows, "Forecast")))
            CollectionAssert.AreEqual(expected, actual);
    }

    [TestMethod]
    public void Training_goes_on_from_a_model_with_the_same_decoder_and_from_no_other()
    {
        var rows = SeriesRows.View(Ml, ("A", Sine(150)));
        var windows = Ml.Transforms.SlidingWindow(SeriesRows.Windows(8, 3)).Fit(rows).Transform(rows);
        var first = Ml.Forecasting.ForecastByRecurrent(Everything, Small(2)).Fit(windows);

        var second = Ml.Forecasting.ForecastByRecurrent(Everything, Small(1, rate: 1e-12)).Fit(windows, initialModel: first.Model);

        foreach (var (before, after) in SeriesRows.Column(first, windows, "Forecast").Zip(SeriesRows.Column(second, windows, "Forecast")))
            CollectionAssert.AreEqual(before.Select(v => MathF.Round(v, 4)).ToArray(), after.Select(v => MathF.Round(v, 4)).ToArray());
        Fails.With<ArgumentException>(
            () => Ml.Forecasting.ForecastByRecurrent(Everything with { Decoder = ForecastDecoder.Direct }, Small(1)).Fit(windows, initialModel: first.Model),
            "ForecastOptions.Decoder is EncoderDecoder in the initial model, Direct here");
    }

    [TestMethod]
    public void The_summary_tells_of_the_bridge_and_the_decoder()
    {
        var rows = SeriesRows.View(Ml, ("A", Sine(60)));
        var model = Fit(rows, Decoder, Small(1, "lstm") with { DenseSizes = [6] }, SeriesRows.Windows(8, 3)).LastTransformer;

        var layers = model.Model.Manifest.Network.Layers.ToDictionary(l => l.Name);

        CollectionAssert.AreEqual(new[] { 3, 8 }, layers["decoder"].OutputShape.ToArray());
        CollectionAssert.AreEqual(new[] { 3, 1 }, layers["head"].OutputShape.ToArray());
        Assert.AreEqual((8 * 8) + 8, layers["bridge.1"].Parameters); // of the cell state
        Assert.AreEqual((4 * 8) + (4 * 8 * 8) + (2 * 4 * 8), layers["decoder"].Parameters);
        Assert.AreEqual(model.Model.Manifest.Network.Parameters, layers.Values.Sum(l => l.Parameters));
        Assert.Contains("Decoder", model.Model.Manifest.StreamingRefusal!);
    }

    [TestMethod]
    public void What_a_decoder_cannot_do_is_refused()
    {
        var rows = SeriesRows.View(Ml, ("A", Sine(60)));

        Fails.With<ArgumentException>(
            () => Ml.Forecasting.ForecastByRecurrent(Decoder, new RecurrentOptions { Cell = new OwnCell() }), "EncoderDecoder", "'own'", "rnn, rnn-relu, lstm, gru");
        Fails.With<ArgumentException>(
            () => Ml.Forecasting.ForecastByRecurrent(Decoder with { Decoder = (ForecastDecoder)7 }), "ForecastOptions.Decoder is 7", "Direct, EncoderDecoder");
        Fails.With<ArgumentException>(
            () => Fit(rows, Decoder, Small(1), SeriesRows.Windows(8, 3) with { TargetColumns = ["Known"] }), "Decoder", "which of the 1 features each target is");
    }

    private static TransformerChain<SequenceTransformer> Fit(IDataView rows, ForecastOptions forecast, RecurrentOptions options, SlidingWindowOptions windows) =>
        Ml.Transforms.SlidingWindow(windows).Append(Ml.Forecasting.ForecastByRecurrent(forecast, options)).Fit(rows);

    private static float[] Sine(int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i * 0.5f))];

    private static float[] Count(int start, int count) => [.. Enumerable.Range(start, count).Select(i => (float)i)];

    private static float Known(int i) => (float)new Random(i).NextDouble() * 2 - 1;

    private sealed class OwnCell : RecurrentCell
    {
        public override string Name => "own";

        public override RecurrentLayer CreateLayer(int inputSize, int hiddenSize, bool bidirectional) => throw new NotSupportedException();

        public override void Initialize(RecurrentLayer layer, Random random) => throw new NotSupportedException();

        public override (string Output, string Final) EmitOnnx(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string? lengths) =>
            throw new NotSupportedException();
    }

    private sealed class Window
    {
        [VectorType(8, 1), ColumnName("Window")]
        public float[] Values { get; set; } = [];
    }

    private sealed class Forecast
    {
        [ColumnName("Forecast")]
        public float[] Values { get; set; } = [];
    }
}
