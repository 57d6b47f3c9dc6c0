namespace MlNetRnn.Tests;

[TestClass]
public sealed class ForecastBaselineTests
{
    private const float None = float.NaN;

    private static (float[] Forecast, float[] Deviation) Forecast(BaselineKind kind, float[] history, int horizon = 3, int season = 1,
        int movingAverage = 0)
    {
        var (forecast, deviation) = (new float[horizon], new float[horizon]);
        ForecastBaseline.Create(kind, season, movingAverage).Forecast(history, forecast, deviation);
        return (forecast, deviation);
    }

    private static void AreNear(double[] expected, float[] actual, double tolerance = 1e-6)
    {
        Assert.HasCount(expected.Length, actual);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], tolerance * Math.Max(1, Math.Abs(expected[i])), $"value {i}");
    }

    [TestMethod]
    public void Naive_is_the_last_value_with_the_deviation_of_a_random_walk()
    {
        var (forecast, deviation) = Forecast(BaselineKind.Naive, [1, 2, 4, 7], season: 2); // errors 1, 2, 3
        AreNear([7, 7, 7], forecast);
        var sigma = Math.Sqrt(14 / 3.0);
        AreNear([sigma, sigma * Math.Sqrt(2), sigma * Math.Sqrt(3)], deviation);
    }

    [TestMethod]
    public void Seasonal_naive_repeats_the_last_season()
    {
        var (forecast, deviation) = Forecast(BaselineKind.SeasonalNaive, [1, 2, 4, 7], season: 2); // errors 3, 5
        AreNear([4, 7, 4], forecast);
        AreNear([Math.Sqrt(17), Math.Sqrt(17), Math.Sqrt(34)], deviation);
    }

    [TestMethod]
    public void Drift_is_the_line_through_the_ends()
    {
        var (forecast, deviation) = Forecast(BaselineKind.Drift, [1, 2, 4, 7]); // errors -1, 0, 1 around the drift of 2
        AreNear([9, 11, 13], forecast);
        AreNear([Math.Sqrt(4 / 3.0), Math.Sqrt(2 * 5 / 3.0), Math.Sqrt(3 * 6 / 3.0)], deviation);
    }

    [TestMethod]
    public void A_moving_average_is_of_the_last_values()
    {
        var (forecast, deviation) = Forecast(BaselineKind.MovingAverage, [1, 2, 4, 7], movingAverage: 2); // errors 2.5, 4
        AreNear([5.5, 5.5, 5.5], forecast);
        var sigma = Math.Sqrt((6.25 + 16) / 2);
        AreNear([sigma, sigma, sigma], deviation);
        AreNear([3.5], Forecast(BaselineKind.MovingAverage, [1, 2, 4, 7], horizon: 1, movingAverage: 9).Forecast); // of all
        AreNear([13 / 3.0], Forecast(BaselineKind.MovingAverage, [1, 2, 4, 7], horizon: 1, season: 3).Forecast); // of a season
    }

    [TestMethod]
    public void Theta_takes_half_of_the_trend()
    {
        // A straight line is its own trend and its own theta line, which is smoothed with the largest alpha.
        var line = Enumerable.Range(1, 40).Select(t => (float)t).ToArray();
        AreNear([40.5, 41, 41.5], Forecast(BaselineKind.Theta, line).Forecast, 1e-4);
        var (forecast, deviation) = Forecast(BaselineKind.Theta, [5, 5, 5, 5]);
        AreNear([5, 5, 5], forecast);
        AreNear([0, 0, 0], deviation);
    }

    [TestMethod]
    public void Theta_is_not_below_zero_where_no_value_is()
    {
        float[] falling = [40, 30, 20, 10, 0];
        AreNear([0, 0, 0], Forecast(BaselineKind.Theta, falling).Forecast, 2e-3);
        var below = Forecast(BaselineKind.Theta, [.. falling.Select(v => v - 1)]).Forecast;
        Assert.IsLessThan(-1, below[0]);
        Assert.IsLessThan(below[1], below[2]);
    }

    [TestMethod]
    public void Thetas_deviation_follows_from_its_own_errors()
    {
        // One step ahead: half of the trend and half of the smoothed theta line, each error half of the smoothing's.
        float[] series = [3, 5, 4, 6, 9, 7, 8, 11, 10, 12];
        var (slope, start) = (155 / 165.0, 7.5 - (4.5 * 155 / 165.0)); // least squares over steps 0 … 9
        double[] line = [.. series.Select((value, t) => (2 * value) - start - (slope * t))];
        var smoothing = ExponentialSmoothing.Fit(line);
        var (level, squared) = (smoothing.Level, 0.0);
        for (var t = line.Length - 1; t >= 0; t--)
        {
            level = (level - (smoothing.Alpha * line[t])) / (1 - smoothing.Alpha); // back to the level before
            squared += Math.Pow((line[t] - level) / 2, 2);
        }
        var sigma = Math.Sqrt(squared / 8);
        AreNear([sigma, sigma * Math.Sqrt(1 + Math.Pow(smoothing.Alpha, 2)), sigma * Math.Sqrt(1 + (2 * Math.Pow(smoothing.Alpha, 2)))],
            Forecast(BaselineKind.Theta, series).Deviation, 1e-5);
    }

    [TestMethod]
    public void Naive2_continues_the_season_of_the_level()
    {
        float[] pattern = [0.5f, 1.25f, 1.5f, 0.75f];
        float[] series = [.. Enumerable.Range(0, 21).Select(t => 100 * pattern[t % 4])];
        var (forecast, deviation) = Forecast(BaselineKind.Naive2, series, horizon: 6, season: 4);
        AreNear([125, 150, 75, 50, 125, 150], forecast);
        AreNear([0, 0, 0, 0, 0, 0], deviation, 1e-4);
        AreNear([25, 50, -25, -50, 25, 50], // additive: a value is not positive
            Forecast(BaselineKind.Naive2, [.. series.Select(v => v - 100)], horizon: 6, season: 4).Forecast, 1e-5);
    }

    [TestMethod]
    [DataRow(BaselineKind.Naive)]
    [DataRow(BaselineKind.SeasonalNaive)]
    [DataRow(BaselineKind.Drift)]
    [DataRow(BaselineKind.MovingAverage)]
    [DataRow(BaselineKind.Theta)]
    [DataRow(BaselineKind.Naive2)]
    public void One_value_is_its_own_forecast_and_none_gives_NaN(object kind)
    {
        var (forecast, deviation) = Forecast((BaselineKind)kind, [None, None, 3], season: 4);
        AreNear([3, 3, 3], forecast);
        AreNear([0, 0, 0], deviation);
        foreach (var empty in new float[][] { [], [None, None] })
        {
            (forecast, deviation) = Forecast((BaselineKind)kind, empty, season: 4);
            Assert.IsTrue(forecast.All(float.IsNaN));
            Assert.IsTrue(deviation.All(float.IsNaN));
        }
    }

    [TestMethod]
    [DataRow(BaselineKind.Naive)]
    [DataRow(BaselineKind.SeasonalNaive)]
    [DataRow(BaselineKind.Drift)]
    [DataRow(BaselineKind.MovingAverage)]
    [DataRow(BaselineKind.Theta)]
    [DataRow(BaselineKind.Naive2)]
    public void Short_series_gaps_and_padding_give_numbers(object kind)
    {
        for (var length = 1; length <= 15; length++)
        {
            float[] series = [.. Enumerable.Range(0, length).Select(t => 10f + (t % 4) + (t % 3))];
            var (forecast, deviation) = Forecast((BaselineKind)kind, series, horizon: 9, season: 4);
            Assert.IsTrue(forecast.Concat(deviation).All(float.IsFinite), $"{length} values");
            Assert.IsTrue(deviation.All(d => d >= 0));
            var padded = Forecast((BaselineKind)kind, [None, None, .. series], horizon: 9, season: 4);
            Assert.AreSequenceEqual(forecast, padded.Forecast);
            Assert.AreSequenceEqual(deviation, padded.Deviation);
            float[] gaps = [.. series.Select((v, t) => t % 5 == 3 ? None : v)];
            float[] filled = [.. series.Select((v, t) => t % 5 == 3 ? series[t - 1] : v)];
            Assert.AreSequenceEqual(Forecast((BaselineKind)kind, filled, season: 4).Forecast,
                Forecast((BaselineKind)kind, gaps, season: 4).Forecast);
        }
    }

    [TestMethod]
    public void A_series_shorter_than_a_season_is_forecast_naively()
    {
        float[] series = [1, 3, 2];
        var (forecast, deviation) = Forecast(BaselineKind.Naive, series);
        Assert.AreSequenceEqual(forecast, Forecast(BaselineKind.SeasonalNaive, series, season: 4).Forecast);
        Assert.AreSequenceEqual(deviation, Forecast(BaselineKind.SeasonalNaive, series, season: 4).Deviation);
        Assert.AreSequenceEqual(forecast, Forecast(BaselineKind.Naive2, series, season: int.MaxValue).Forecast);
        AreNear([1, 3, 2], Forecast(BaselineKind.SeasonalNaive, series, season: 3).Forecast); // one season, no error to learn from
        AreNear([0, 0, 0], Forecast(BaselineKind.SeasonalNaive, series, season: 3).Deviation);
    }

    [TestMethod]
    public void Forecasting_allocates_nothing_once_it_has_seen_the_longest_series()
    {
        float[] series = [.. Enumerable.Range(0, 200).Select(t => 50 + (10 * MathF.Sin(t * MathF.Tau / 12)) + (t % 7))];
        var (forecast, deviation) = (new float[24], new float[24]);
        foreach (var kind in Enum.GetValues<BaselineKind>())
        {
            var baseline = ForecastBaseline.Create(kind, 12);
            for (var i = 0; i < 50; i++)
                baseline.Forecast(series, forecast, deviation);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var length = 1; length <= 200; length++)
                baseline.Forecast(series.AsSpan(0, length), forecast, deviation);
            Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before, $"{kind}");
        }
    }
}
