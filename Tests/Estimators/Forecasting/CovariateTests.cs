using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Forecasting;

/// <summary>Columns beside the window: what is known ahead, what does not change within a series.</summary>
[TestClass]
public class CovariateTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly string[] Names = ["North", "South", "East"];

    private static readonly ForecastOptions Options = new()
    {
        FutureColumnName = "Future",
        StaticColumnNames = ["Key"],
        Distribution = ForecastDistribution.Quantiles,
        QuantilesColumnName = "Quantiles",
        ConfidenceLowerBoundColumn = "LowerBound",
        ConfidenceUpperBoundColumn = "UpperBound",
    };

    private static readonly RecurrentOptions Network = Networks.Tiny.Train(t => t with
    {
        Epochs = 60,
        BatchSize = 32,
        LearningRate = 0.02,
        ValidationFraction = 0.2,
    }) with
    { Cell = RecurrentCell.Gru, HiddenSizes = [4], DenseSizes = [16] };

    [TestMethod]
    public void What_is_known_ahead_and_which_series_it_is_are_learnt()
    {
        var rows = Rows();
        var model = Fit(rows);
        var scored = model.Transform(rows);

        double error = scored.GetColumn<float[]>("Label").Zip(scored.GetColumn<float[]>("Forecast"))
            .Where(r => !r.First.Any(float.IsNaN)).Average(r => r.First.Zip(r.Second, (y, f) => Math.Abs(y - f)).Average());

        Assert.IsLessThan(0.35, error); // the values ahead come of nothing else: their mean absolute deviation is 1.3
    }

    [TestMethod]
    public void A_model_is_the_same_after_it_was_saved_and_exported()
    {
        using var folder = new TemporaryFolder();
        var rows = Rows();
        var model = Fit(rows, Network.Train(t => t with { Epochs = 2 }));
        Ml.Model.Save(model, rows.Schema, folder["model.zip"]);
        Ml.Model.SaveAsOnnx(model, rows.Schema, folder["model.onnx"], new() { SampleRows = rows }); // compares the file with Transform
        var loaded = new MLContext().Model.Load(folder["model.zip"], out _);

        foreach (string column in new[] { "Forecast", "LowerBound", "UpperBound", "Quantiles" })
        {
            foreach (var (before, after) in SeriesRows.Column(model, rows, column).Zip(SeriesRows.Column(loaded, rows, column)))
                CollectionAssert.AreEqual(before, after);
        }
        var manifest = SequenceModel.Load(folder["model.onnx"]).Manifest;
        Assert.AreEqual(new WindowSize(4, 1), manifest.Forecast!.Window);
        CollectionAssert.AreEqual(
            new[] { new CovariateSummary("Future", CovariateKind.Future, 3, 0), new CovariateSummary("Key", CovariateKind.StaticKey, 1, 3) },
            manifest.Forecast.Covariates.ToArray());
    }

    [TestMethod]
    public void A_forecast_depends_on_the_columns_beside_the_window()
    {
        var rows = Rows();
        var model = Fit(rows, Network.Train(t => t with { Epochs = 2 }));
        var mapper = model.LastTransformer.GetRowToRowMapper(model.Take(2).Aggregate(rows, (view, step) => step.Transform(view)).Schema);
        var dependencies = mapper.GetDependencies(mapper.OutputSchema.Where(c => c.Name == "Forecast")).Select(c => c.Name);

        CollectionAssert.AreEquivalent(new[] { "Window", "Future", "Key" }, dependencies.ToArray());
    }

    [TestMethod]
    public void A_forecast_without_what_must_be_known_ahead_is_missing()
    {
        var rows = Rows();
        var model = Fit(rows, Network.Train(t => t with { Epochs = 2 }));

        float[][] forecasts = SeriesRows.Column(model, rows, "Forecast");

        Assert.IsTrue(forecasts[^1].All(float.IsNaN)); // the last row: no row after it says what is known
        Assert.IsTrue(forecasts[0].All(float.IsFinite));
    }

    [TestMethod]
    public void What_is_not_known_where_it_must_be_is_an_error_that_names_it()
    {
        var rows = SeriesRows.View(Ml, (series, i) => series == "North" && i == 20 ? float.NaN : Known(i), Series());

        Fails.With<InvalidOperationException>(() => Fit(rows), "'Future'", "row", "step", "known ahead");
    }

    [TestMethod]
    public void Columns_of_other_types_are_refused()
    {
        var rows = Rows();

        Fails.With<ArgumentException>(() => Fit(rows, forecast: Options with { StaticColumnNames = ["Series"] }), "'Series'", "MapValueToKey");
        Fails.With<ArgumentException>(() => Fit(rows, forecast: Options with { StaticColumnNames = ["Gone"] }), "'Gone'");
        Fails.With<ArgumentException>(() => Fit(rows, forecast: Options with { FutureColumnName = "Window" }), "'Window'", "Vector<Single, 3, values>");
        var model = Fit(rows, Network.Train(t => t with { Epochs = 1 }));
        Fails.With<ArgumentException>(() => model.LastTransformer.Transform(
            Ml.Transforms.SlidingWindow(Windows).Fit(rows).Transform(rows)), "'Key'", "a key of 3 values");
    }

    [TestMethod]
    public void The_scale_of_each_series_scales_its_windows_and_their_forecasts()
    {
        // Random walks of very different sizes: the same shapes, so that the same weights serve both.
        var random = new Random(1);
        float[] walk = [.. Enumerable.Range(0, 200).Select(_ => (float)random.NextDouble() - 0.5f)];
        var rows = SeriesRows.View(Ml, ("Small", walk), ("Large", [.. walk.Select(v => (1e4f * v) + 5e5f)]));
        foreach (var scaling in new[] { SeriesScaling.Standard, SeriesScaling.Robust })
        {
            var model = Ml.Transforms.SeriesScale("Scale", "Value", "Series", scaling).Append(Ml.Transforms.SlidingWindow(SeriesRows.Windows(6, 2)))
                .Append(Ml.Forecasting.ForecastByRecurrent(
                    new() { Normalization = WindowNormalization.Series, SeriesScaleColumnName = "Scale", LinearHighway = true }, Network.Train(t => t with { Epochs = 3 })))
                .Fit(rows);

            float[][] forecasts = SeriesRows.Column(model, rows, "Forecast");

            int windows = forecasts.Length / 2;
            for (int i = 0; i < windows; i++)
                Assert.AreEqual((1e4f * forecasts[i][1]) + 5e5f, forecasts[windows + i][1], 20f); // 0.002 of the large series' own size
        }
        Fails.With<ArgumentException>(
            () => Ml.Forecasting.ForecastByRecurrent(new ForecastOptions { Normalization = WindowNormalization.Series }), "SeriesScaleColumnName");
    }

    [TestMethod]
    public void Streamed_training_reads_them_too()
    {
        var rows = Rows();
        var stored = Fit(rows, Network.Train(t => t with { Epochs = 3 }));

        var streamed = Fit(rows, Network.Train(t => t with { Epochs = 3, ShuffleBufferSize = 64 }));

        Assert.AreEqual(stored.LastTransformer.History[^1].TrainingLoss, streamed.LastTransformer.History[^1].TrainingLoss, 0.2);
    }

    private static SlidingWindowOptions Windows => SeriesRows.Windows(4, 3) with { FutureColumns = ["Known"] };

    private static TransformerChain<SequenceTransformer> Fit(IDataView rows, RecurrentOptions? network = null, ForecastOptions? forecast = null) =>
        Ml.Transforms.Conversion.MapValueToKey("Key", "Series").Append(Ml.Transforms.SlidingWindow(Windows))
            .Append(Ml.Forecasting.ForecastByRecurrent(forecast ?? Options, network ?? Network)).Fit(rows);

    private static IDataView Rows() => SeriesRows.View(Ml, (_, i) => Known(i), Series());

    // Noise that is known ahead, with another factor in each series.
    private static (string, float[])[] Series() => [.. Names.Select((name, s) => (name, Enumerable.Range(0, 200).Select(i => (s - 1) * 2 * Known(i)).ToArray()))];

    private static float Known(int i) => (float)new Random(i).NextDouble() * 2 - 1;
}
