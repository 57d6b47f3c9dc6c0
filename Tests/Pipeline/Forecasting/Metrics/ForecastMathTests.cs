using CsCheck;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class ForecastMathTests
{
    private static readonly Gen<float> Value = Gen.Int[-1000, 1000].Select(i => i / 8f); // exact in Single and Double
    private static readonly Gen<float[]> Values = Value.Array[1, 40];

    private static readonly Gen<(float[] Label, float[] Forecast)> Pairs = Gen.Int[1, 30].SelectMany(n => Value.Array[n].Select(Value.Array[n]));

    [TestMethod]
    public void Numbers_are_as_computed_by_hand()
    {
        float[] label = [2, 0, float.NaN, -4];
        float[] forecast = [3, 1, 9, -4];
        Assert.AreEqual(2 / 3.0, ForecastMath.Mae(label, forecast), 1e-12);
        Assert.AreEqual(2 / 3.0, ForecastMath.Mse(label, forecast), 1e-12);
        Assert.AreEqual(50 / 2.0, ForecastMath.Mape(label, forecast), 1e-12); // without the label of zero
        Assert.AreEqual((40 + 200 + 0) / 3.0, ForecastMath.Smape(label, forecast), 1e-12);
        Assert.AreEqual(2 / 3.0 / 4, ForecastMath.Mase(label, forecast, new(4, 9)), 1e-12);
        Assert.AreEqual(Math.Sqrt(2 / 3.0 / 9), ForecastMath.Rmsse(label, forecast, new(4, 9)), 1e-12);
        Assert.AreEqual(new InSampleScale(3, 29 / 3.0), InSampleScale.Of([1, 7, 5, 5, float.NaN, 8], 2)); // 4, -2, 3; none with NaN
        Assert.AreEqual(9, ForecastMath.IntervalScore(7, 4, 6.5, 0.5) + ForecastMath.IntervalScore(3, 4, 4.5, 0.5), 1e-12);
        Assert.AreEqual(2 / 3.0, ForecastMath.Coverage(label, [2, 1, 0, -5], [2, 2, 0, 0]), 1e-12);
        Assert.AreEqual((0 + 5 + 5) / 3.0 / 4, ForecastMath.Msis(label, [2, 1, 0, -5], [2, 2, 0, 0], 0.5, new(4, 9)), 1e-12);
    }

    [TestMethod]
    public void Without_labels_or_scale_there_is_no_number()
    {
        Assert.AreEqual(double.NaN, ForecastMath.Mae([float.NaN], [1]));
        Assert.AreEqual(double.NaN, ForecastMath.Smape([], []));
        Assert.AreEqual(double.NaN, ForecastMath.Mase([1], [2], InSampleScale.Of([3, 3, 3], 1)));
        Assert.AreEqual(double.NaN, ForecastMath.Rmsse([1], [2], InSampleScale.Of([3, 4], 2)));
        Assert.AreEqual(double.NaN, ForecastMath.Msis([1], [0], [2], 0.9, InSampleScale.Of([], 1)));
        Assert.AreEqual(double.NaN, ForecastMath.WeightedQuantileLoss([0, float.NaN], [1, 1], [0.5]));
    }

    [TestMethod]
    public void The_seasonal_naive_forecast_has_a_MASE_and_an_RMSSE_of_one_in_sample()
        => Gen.Select(Value.Array[4, 60], Gen.Int[1, 3]).Sample((series, season) =>
        {
            var scale = InSampleScale.Of(series, season);
            if (!scale.IsUsable)
                return;
            Assert.AreEqual(1, ForecastMath.Mase(series.AsSpan(season), series.AsSpan(0, series.Length - season), scale), 1e-9);
            Assert.AreEqual(1, ForecastMath.Rmsse(series.AsSpan(season), series.AsSpan(0, series.Length - season), scale), 1e-9);
        });

    [TestMethod]
    public void Relative_and_scaled_errors_do_not_depend_on_the_unit()
        => Gen.Select(Pairs, Values, Gen.Int[-6, 6]).Sample((pair, series, power) =>
        {
            var unit = MathF.Pow(2, power); // exact
            float[] label = [.. pair.Label.Select(v => v * unit)], forecast = [.. pair.Forecast.Select(v => v * unit)];
            float[] scaled = [.. series.Select(v => v * unit)];
            Assert.AreEqual(ForecastMath.Smape(pair.Label, pair.Forecast), ForecastMath.Smape(label, forecast), 1e-9);
            Assert.AreEqual(ForecastMath.Mape(pair.Label, pair.Forecast), ForecastMath.Mape(label, forecast), 1e-9);
            Assert.AreEqual(ForecastMath.Mase(pair.Label, pair.Forecast, InSampleScale.Of(series, 1)),
                ForecastMath.Mase(label, forecast, InSampleScale.Of(scaled, 1)), 1e-9);
        });

    [TestMethod]
    public void The_pinball_losses_of_both_sides_are_the_absolute_error()
        => Gen.Select(Value, Value, Gen.Double[0.01, 0.99]).Sample((label, quantile, level) =>
        {
            var (one, other) = (ForecastMath.Pinball(label, quantile, level), ForecastMath.Pinball(label, quantile, 1 - level));
            Assert.AreEqual(Math.Abs(label - quantile), one + other, 1e-9);
            Assert.IsGreaterThanOrEqualTo(0, one);
            Assert.AreEqual(Math.Abs(label - quantile) / 2, ForecastMath.Pinball(label, quantile, 0.5), 1e-9);
            Assert.AreEqual(ForecastMath.Pinball(-label, -quantile, 1 - level), one, 1e-9);
        });

    [TestMethod]
    public void An_interval_is_scored_by_the_pinball_losses_of_its_ends()
        => Gen.Select(Value, Value, Value, Gen.Double[0.1, 0.98]).Sample((label, a, b, confidence) =>
        {
            var (lower, upper, alpha) = (Math.Min(a, b), Math.Max(a, b), 1 - confidence);
            var pinball = ForecastMath.Pinball(label, lower, alpha / 2) + ForecastMath.Pinball(label, upper, 1 - (alpha / 2));
            var score = ForecastMath.IntervalScore(label, lower, upper, confidence);
            Assert.AreEqual(2 / alpha * pinball, score, 1e-9 * Math.Max(1, score));
        });

    [TestMethod]
    public void Of_the_median_alone_the_weighted_quantile_loss_is_the_absolute_error_over_the_labels()
        => Pairs.Sample(pair =>
        {
            var size = pair.Label.Sum(label => Math.Abs((double)label));
            if (size > 0)
                Assert.AreEqual(ForecastMath.Mae(pair.Label, pair.Forecast) * pair.Label.Length / size,
                    ForecastMath.WeightedQuantileLoss(pair.Label, pair.Forecast, [0.5]), 1e-9);
        });

    [TestMethod]
    public void Sums_over_rows_give_what_the_spans_give()
        => Gen.Select(Pairs, Value.Array[3, 30]).Sample((pair, series) =>
        {
            var (label, forecast) = pair;
            label[0] = label.Length > 1 ? float.NaN : label[0];
            float[] lower = [.. forecast.Select(f => f - 1)], upper = [.. forecast.Select(f => f + 2)];
            var inSample = new InSample();
            inSample.Set(series, 1, label.Length, ForecastBaseline.Create(BaselineKind.Naive2));
            var sums = new ForecastErrorSums(label.Length, 1, 0.8, [0.5]);
            sums.Add(0, new() { Label = label, Forecast = forecast, Lower = lower, Upper = upper, Quantiles = forecast, InSample = inSample });
            var metrics = sums.ToMetrics();
            Assert.AreEqual(ForecastMath.Mae(label, forecast), metrics.MeanAbsoluteError, 1e-9);
            Assert.AreEqual(ForecastMath.Rmse(label, forecast), metrics.RootMeanSquaredError, 1e-9);
            Same(ForecastMath.Mape(label, forecast), metrics.MeanAbsolutePercentageError);
            Same(ForecastMath.Smape(label, forecast), metrics.SymmetricMeanAbsolutePercentageError);
            Same(ForecastMath.Mase(label, forecast, inSample.Scale), metrics.MeanAbsoluteScaledError);
            Same(ForecastMath.Rmsse(label, forecast, inSample.Scale), metrics.RootMeanSquaredScaledError);
            Same(ForecastMath.Msis(label, lower, upper, 0.8, inSample.Scale), metrics.MeanScaledIntervalScore);
            Same(ForecastMath.Coverage(label, lower, upper), metrics.Coverage);
            Same(ForecastMath.WeightedQuantileLoss(label, forecast, [0.5]), metrics.WeightedQuantileLoss);
        });

    [TestMethod]
    [DataRow(0.5, 0)]
    [DataRow(0.975, 1.959963984540054)]
    [DataRow(0.9, 1.2815515655446004)]
    [DataRow(0.01, -2.326347874040841)]
    [DataRow(1e-12, -7.034483825301131)]
    public void Normal_quantiles_are_those_of_the_tables(double probability, double expected)
        => Assert.AreEqual(expected, NormalQuantile.Of(probability), 1e-12);

    [TestMethod]
    public void Levels_kept_as_Single_are_read_as_they_were_meant()
    {
        foreach (var level in new[] { 0.1, 0.35, 0.025, 0.9, 0.999 })
            Assert.AreEqual(level, QuantileLevels.FromSingle((float)level));
    }

    private static void Same(double expected, double? actual)
    {
        if (double.IsNaN(expected))
            Assert.IsNull(actual);
        else
            Assert.AreEqual(expected, actual!.Value, 1e-9 * Math.Max(1, Math.Abs(expected)));
    }
}
