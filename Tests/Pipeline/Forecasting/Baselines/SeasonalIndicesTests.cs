using CsCheck;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class SeasonalIndicesTests
{
    // Monthly airline passengers, 1949 to 1960 (Box and Jenkins).
    private static readonly float[] Passengers =
    [
        112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140,
        145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194,
        196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
        242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278, 284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306,
        315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336, 340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337,
        360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
    ];

    [TestMethod]
    public void The_indices_of_the_airline_passengers_are_those_of_R()
    {
        // decompose(AirPassengers, "multiplicative")$figure
        double[] figure =
        [
            0.9102304, 0.8836253, 1.0073663, 0.9759060, 0.9813780, 1.1127758, 1.2265555, 1.2199110, 1.0604919, 0.9217572, 0.8011781, 0.8988244,
        ];
        var indices = new SeasonalIndices(12);
        indices.Fit([.. Passengers.Select(v => (double)v)]);
        for (var month = 0; month < 12; month++)
            Assert.AreEqual(figure[month], indices.Factor(month), 5e-8, $"month {month + 1}");

        var forecast = new float[12];
        ForecastBaseline.Create(BaselineKind.Naive2, 12).Forecast(Passengers, forecast);
        for (var month = 0; month < 12; month++)
            Assert.AreEqual(432 / figure[11] * figure[month], forecast[month], 1e-3);
    }

    [TestMethod]
    public void They_are_what_the_M4_competitions_rules_give()
        => Gen.Select(Gen.Int[2, 7], Gen.Int[1, 60], Gen.Double[0, 4], Gen.Bool, Gen.Int[0, 10_000]).Sample(
        (season, length, strength, isPositive, seed) =>
        {
            var random = new Random(seed);
            double[] pattern = [.. Enumerable.Range(0, season).Select(_ => strength * random.NextDouble())];
            double[] series = [.. Enumerable.Range(0, length).Select(t => pattern[t % season] + random.NextDouble() + (isPositive ? 0.01 : -1))];
            var indices = new SeasonalIndices(season);
            indices.Fit([.. Enumerable.Range(0, 50).Select(t => (double)(t % season) + 1)]); // what came before leaves nothing
            indices.Fit(series);
            var (isSeasonal, isMultiplicative, figure) = ByTheRules(series, season);
            for (var t = length; t < length + season; t++)
            {
                var expected = !isSeasonal ? 3 : isMultiplicative ? 3 * figure[t % season] : 3 + figure[t % season];
                Assert.AreEqual(expected, indices.Restore(3, t), 1e-9);
                Assert.AreEqual(3, indices.Remove(indices.Restore(3, t), t), 1e-9);
                Assert.AreEqual(isSeasonal && isMultiplicative ? figure[t % season] : 1, indices.Factor(t), 1e-9);
            }
        });

    [TestMethod]
    public void A_constant_series_has_no_season()
    {
        var indices = new SeasonalIndices(4);
        indices.Fit([.. Enumerable.Repeat(0.1, 30)]);
        Assert.AreEqual(5, indices.Restore(5, 30));
    }

    // The competition's rules step by step, with the whole autocorrelation function and the whole trend written out.
    private static (bool IsSeasonal, bool IsMultiplicative, double[] Figure) ByTheRules(double[] x, int season)
    {
        var isMultiplicative = x.All(value => value > 0);
        if (x.Length < 3 * season)
            return (false, isMultiplicative, []);
        var mean = x.Average();
        double Covariance(int lag) => Enumerable.Range(lag, x.Length - lag).Sum(t => (x[t] - mean) * (x[t - lag] - mean)) / x.Length;
        double[] acf = [.. Enumerable.Range(0, season + 1).Select(lag => Covariance(lag) / Covariance(0))];
        var limit = 1.645 / Math.Sqrt(x.Length) * Math.Sqrt(1 + (2 * acf.Skip(1).Take(season - 1).Sum(r => r * r)));
        var weights = season % 2 == 0
            ? [0.5, .. Enumerable.Repeat(1.0, season - 1), 0.5]
            : Enumerable.Repeat(1.0, season).ToArray();
        var half = weights.Length / 2;
        var trend = Enumerable.Range(0, x.Length).Select(t => t < half || t >= x.Length - half ? double.NaN
            : weights.Select((weight, i) => weight * x[t - half + i]).Sum() / season).ToArray();
        var ratios = x.Select((value, t) => isMultiplicative ? value / trend[t] : value - trend[t]).ToArray();
        double[] figure = [.. Enumerable.Range(0, season)
            .Select(i => ratios.Where((ratio, t) => t % season == i && !double.IsNaN(ratio)).Average())];
        var level = figure.Average();
        return (Math.Abs(acf[season]) > limit, isMultiplicative, [.. figure.Select(f => isMultiplicative ? f / level : f - level)]);
    }
}
