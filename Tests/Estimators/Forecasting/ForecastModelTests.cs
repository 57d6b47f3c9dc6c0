using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Forecasting;

/// <summary>Forecasting models as a user trains, scores, saves and exports them.</summary>
[TestClass]
public class ForecastModelTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly ForecastOptions Quantiles = new()
    {
        Distribution = ForecastDistribution.Quantiles,
        QuantilesColumnName = "Quantiles",
        ConfidenceLowerBoundColumn = "LowerBound",
        ConfidenceUpperBoundColumn = "UpperBound",
        Normalization = WindowNormalization.Standard,
        LinearHighway = true,
    };

    private static RecurrentOptions Small(int epochs = 30, double rate = 0.01) => Networks.Tiny.Train(t => t with
    {
        Epochs = epochs,
        BatchSize = 32,
        LearningRate = rate,
        ValidationFraction = 0.2,
    }) with
    { Cell = RecurrentCell.Gru, HiddenSizes = [8], DenseSizes = [] };

    [TestMethod]
    public void A_series_whose_value_is_its_index_goes_on_counting()
    {
        var rows = SeriesRows.View(Ml, [.. Enumerable.Range(0, 6).Select(s => ($"S{s}", Count(1000 * s, 80)))]);
        foreach (var normalization in new[] { WindowNormalization.Standard, WindowNormalization.LastValue })
        {
            var model = Fit(rows, new() { Normalization = normalization, LinearHighway = true }, Small(60), SeriesRows.Windows(12, 4));

            var scored = model.Transform(rows);

            foreach (var (forecast, value) in scored.GetColumn<float[]>("Forecast").Zip(scored.GetColumn<float>("Value")))
            {
                for (int k = 0; k < 4; k++)
                    Assert.AreEqual(value + 1 + k, forecast[k], 0.25f, $"{normalization}, step {k + 1} after {value}"); // never off by one
            }
        }
    }

    [TestMethod]
    public void A_network_that_learnt_nothing_is_the_seasonal_naive_forecast()
    {
        var rows = SeriesRows.View(Ml, ("A", Noise(60, 5)), ("B", Noise(60, 9)));
        var options = Small(1).Train(t => t with { LearningRate = 1e-12, WeightDecay = 0 });
        var model = Fit(rows, new() { Normalization = WindowNormalization.Standard, SeasonLength = 6 }, options, SeriesRows.Windows(12, 8));
        var scored = model.Transform(rows);

        // What the network adds is the same in each window's units, so that windows of the same season differ by it alone.
        foreach (var (forecast, window) in scored.GetColumn<float[]>("Forecast").Zip(scored.GetColumn<float[]>("Window")))
        {
            double size = Deviation(window);
            for (int k = 0; k < 8; k++)
                Assert.AreEqual(window[6 + (k % 6)], forecast[k], 1.5 * size, $"step {k + 1}");
        }
    }

    [TestMethod]
    public void Scaling_or_moving_a_series_scales_and_moves_its_forecast()
    {
        float[] series = Noise(120, 3);
        var rows = SeriesRows.View(Ml, ("A", series));
        foreach (var normalization in new[] { WindowNormalization.Standard, WindowNormalization.LastValue })
        {
            var model = Fit(rows, Quantiles with { Normalization = normalization, SeasonLength = 5 }, Small(2), SeriesRows.Windows(10, 3));
            var moved = SeriesRows.View(Ml, ("A", [.. series.Select(v => (3 * v) + 50)]));
            foreach (string column in new[] { "Forecast", "LowerBound", "UpperBound", "Quantiles" })
            {
                foreach (var (before, after) in SeriesRows.Column(model, rows, column).Zip(SeriesRows.Column(model, moved, column)))
                {
                    for (int k = 0; k < before.Length; k++)
                        Assert.AreEqual((3 * before[k]) + 50, after[k], 1e-2f, column);
                }
            }
        }
    }

    [TestMethod]
    [DataRow(ForecastDistribution.Quantiles)]
    [DataRow(ForecastDistribution.Normal)]
    [DataRow(ForecastDistribution.StudentT)]
    public void Quantiles_never_cross_and_stand_within_the_columns_type(ForecastDistribution distribution)
    {
        var rows = SeriesRows.View(Ml, ("A", Noise(200, 1)));
        var model = Fit(rows, Quantiles with { Distribution = distribution, Quantiles = [0.01, 0.2, 0.5, 0.6, 0.99] }, Small(3), SeriesRows.Windows(8, 3));
        var scored = model.Transform(rows);

        CollectionAssert.AreEqual(new[] { 3, 5 }, ((VectorDataViewType)scored.Schema["Quantiles"].Type).Dimensions.ToArray());
        var levels = default(VBuffer<float>);
        scored.Schema["Quantiles"].Annotations.GetValue(WindowAnnotations.Quantiles, ref levels);
        CollectionAssert.AreEqual(new[] { 0.01f, 0.2f, 0.5f, 0.6f, 0.99f }, levels.DenseValues().ToArray());
        foreach (var (quantiles, forecast) in scored.GetColumn<float[]>("Quantiles").Zip(scored.GetColumn<float[]>("Forecast")))
        {
            for (int i = 0; i < quantiles.Length; i++)
            {
                Assert.IsTrue(i % 5 == 0 || quantiles[i] >= quantiles[i - 1], "quantiles cross");
                if (i % 5 == 2)
                    Assert.AreEqual(forecast[i / 5], quantiles[i], 1e-4f); // the median
            }
        }
    }

    [TestMethod]
    [DataRow(ForecastDistribution.Mean)]
    [DataRow(ForecastDistribution.Median)]
    [DataRow(ForecastDistribution.Quantiles)]
    [DataRow(ForecastDistribution.Normal)]
    public void Calibrated_bounds_hold_the_share_of_values_that_they_promise(ForecastDistribution distribution)
    {
        var options = Quantiles with { Distribution = distribution, QuantilesColumnName = null, ConfidenceLevel = 0.8 };
        var rows = SeriesRows.View(Ml, ("A", Noise(3000, 1)));
        var model = Fit(rows, options, Small(2), SeriesRows.Windows(8, 3));
        var later = SeriesRows.View(Ml, ("A", Noise(3000, 2)));
        var scored = model.Transform(later);

        var rowsOf = scored.GetColumn<float[]>("Label").Zip(scored.GetColumn<float[]>("LowerBound"), scored.GetColumn<float[]>("UpperBound"));
        var inside = rowsOf.SelectMany(r => r.First.Select((y, k) => (y, Inside: y >= r.Second[k] && y <= r.Third[k]))).Where(v => !float.IsNaN(v.y)).ToArray();

        Assert.AreEqual(0.8, inside.Average(v => v.Inside ? 1.0 : 0), 0.03);
    }

    [TestMethod]
    public void Series_shorter_than_the_window_are_forecast_by_what_there_is()
    {
        var rows = SeriesRows.View(Ml, ("Long", Count(0, 60)), ("Short", Count(500, 7)), ("One", [42f]));
        var model = Fit(rows, Quantiles with { Normalization = WindowNormalization.LastValue }, Small(40), SeriesRows.Windows(12, 2, WindowPadding.Start));

        var forecasts = SeriesRows.Column(model, rows, "Forecast");

        Assert.IsTrue(forecasts.SelectMany(f => f).All(float.IsFinite));
        Assert.AreEqual(507, forecasts[66][0], 2); // the last row of the short series
        Assert.IsTrue(model.LastTransformer.Model.Manifest.Forecast!.Masked);
        Assert.Contains("Mask of padding", model.LastTransformer.Summary());
    }

    [TestMethod]
    public void Constant_series_stay_where_they_are()
    {
        var rows = SeriesRows.View(Ml, ("Zero", new float[40]), ("High", [.. Enumerable.Repeat(7e6f, 40)]), ("Wave", Noise(40, 2)));
        var model = Fit(rows, Quantiles, Small(30), SeriesRows.Windows(8, 2));
        var scored = model.Transform(rows);

        foreach (var (series, forecast) in scored.GetColumn<string>("Series").Zip(scored.GetColumn<float[]>("Forecast")))
        {
            float level = series switch { "Zero" => 0, "High" => 7e6f, _ => float.NaN };
            if (!float.IsNaN(level))
                Assert.AreEqual(level, forecast[0], Math.Max(0.5f, 0.5f * level), series);
        }
    }

    [TestMethod]
    public void A_model_is_the_same_after_it_was_saved_exported_and_averaged()
    {
        using var folder = new TemporaryFolder();
        var rows = SeriesRows.View(Ml, ("A", Noise(150, 1)), ("B", Noise(150, 2)));
        var model = Fit(rows, Quantiles, Small(2) with { Members = 2 }, SeriesRows.Windows(8, 3, WindowPadding.Start));
        Ml.Model.Save(model, rows.Schema, folder["model.zip"]);
        Ml.Model.SaveAsOnnx(model, rows.Schema, folder["model.onnx"], new() { SampleRows = rows });

        var loaded = new MLContext().Model.Load(folder["model.zip"], out _);
        using var predictor = SequencePredictor.Load(folder["model.onnx"]);

        foreach (string column in new[] { "Forecast", "LowerBound", "UpperBound", "Quantiles" })
        {
            foreach (var (before, after) in SeriesRows.Column(model, rows, column).Zip(SeriesRows.Column(loaded, rows, column)))
                CollectionAssert.AreEqual(before, after);
        }
        float[] window = SeriesRows.Column(model, rows, "Window")[^1];
        foreach (var (expected, actual) in SeriesRows.Column(model, rows, "Forecast")[^1].Zip(predictor.Predict(window)))
            Assert.AreEqual(expected, actual, 1e-4f);
    }

    [TestMethod]
    public void Training_goes_on_from_a_model_with_the_same_forecast_and_from_no_other()
    {
        var rows = SeriesRows.View(Ml, ("A", Noise(150, 1)));
        var windows = Ml.Transforms.SlidingWindow(SeriesRows.Windows(8, 3)).Fit(rows).Transform(rows);
        var first = Ml.Forecasting.ForecastByRecurrent(Quantiles, Small(2)).Fit(windows);

        var second = Ml.Forecasting.ForecastByRecurrent(Quantiles, Small(1, rate: 1e-12)).Fit(windows, initialModel: first.Model);

        foreach (var (before, after) in SeriesRows.Column(first, windows, "Forecast").Zip(SeriesRows.Column(second, windows, "Forecast")))
            CollectionAssert.AreEqual(before.Select(v => MathF.Round(v, 4)).ToArray(), after.Select(v => MathF.Round(v, 4)).ToArray());
        Fails.With<ArgumentException>(
            () => Ml.Forecasting.ForecastByRecurrent(Quantiles with { SeasonLength = 4, LinearHighway = false }, Small(1)).Fit(windows, initialModel: first.Model),
            "SeasonLength", "LinearHighway");
    }

    [TestMethod]
    public void Unusable_options_are_all_named_at_once()
    {
        var bad = new ForecastOptions
        {
            Distribution = ForecastDistribution.Mean,
            QuantilesColumnName = "Quantiles",
            Quantiles = [0.5, 0.1],
            ConfidenceLowerBoundColumn = "LowerBound",
            ConfidenceLevel = 1,
            SeasonLength = -1,
        };

        Fails.With<ArgumentException>(
            () => Ml.Forecasting.ForecastByRecurrent(bad), "Mean has no quantiles", "ascending order", "give both", "ConfidenceLevel is 1", "SeasonLength is -1");
    }

    [TestMethod]
    public void Data_that_does_not_suit_the_options_is_refused_before_it_is_read()
    {
        var rows = SeriesRows.View(Ml, ("A", Noise(40, 1)));
        var validated = Small().Train(t => t with { ValidationFraction = 0 });

        Fails.With<ArgumentException>(() => Fit(rows, Quantiles with { SeasonLength = 24 }, Small(), SeriesRows.Windows(8, 3)), "SeasonLength is 24", "8 steps");
        Fails.With<InvalidOperationException>(() => Fit(rows, Quantiles, validated, SeriesRows.Windows(8, 3)), "ConformalCalibration", "ValidationFraction");
        Fails.With<ArgumentException>(
            () => Fit(rows, Quantiles, Small(), SeriesRows.Windows(8, 3) with { TargetColumns = ["Known"] }), "which of the 1 features each target is");
    }

    private static TransformerChain<SequenceTransformer> Fit(IDataView rows, ForecastOptions forecast, RecurrentOptions options, SlidingWindowOptions windows) =>
        Ml.Transforms.SlidingWindow(windows).Append(Ml.Forecasting.ForecastByRecurrent(forecast, options)).Fit(rows);

    private static float[] Count(int start, int count) => [.. Enumerable.Range(start, count).Select(i => (float)i)];

    private static float[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble()))];
    }

    private static double Deviation(float[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }
}
