using CsCheck;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class ExponentialSmoothingTests
{
    private static readonly Gen<double[]> Series = Gen.Double[-10, 10].Array[1, 40];

    [TestMethod]
    public void The_level_and_the_errors_are_those_of_the_recursion()
        => Series.Sample(values =>
        {
            var fit = ExponentialSmoothing.Fit(values);
            // The first level is not told: it is the one that leads to the last.
            var level = fit.Level;
            if (fit.Alpha > 0.7 || values.Length > 12)
                return; // dividing by 1 - alpha so often leaves no digits
            for (var t = values.Length - 1; t >= 0; t--)
                level = (level - (fit.Alpha * values[t])) / (1 - fit.Alpha);
            Assert.AreEqual(fit.SquaredErrors, SquaredErrors(values, fit.Alpha, level), 1e-5 * Math.Max(1, fit.SquaredErrors));
        });

    [TestMethod]
    public void No_other_alpha_and_first_level_have_smaller_errors()
        => Series.Sample(values =>
        {
            var fit = ExponentialSmoothing.Fit(values);
            for (var alpha = 0.05; alpha < 1; alpha += 0.05)
                for (var level = -12.0; level <= 12; level += 0.5)
                    Assert.IsGreaterThanOrEqualTo(fit.SquaredErrors - 1e-9, SquaredErrors(values, alpha, level));
        }, iter: 200);

    [TestMethod]
    public void A_random_walk_is_followed_and_noise_is_averaged()
    {
        var random = new Random(1);
        double[] noise = [.. Enumerable.Range(0, 2000).Select(_ => random.NextDouble())];
        var walk = new double[2000];
        for (var t = 1; t < walk.Length; t++)
            walk[t] = walk[t - 1] + noise[t] - 0.5;
        Assert.IsLessThan(0.05, ExponentialSmoothing.Fit(noise).Alpha);
        Assert.AreEqual(0.5, ExponentialSmoothing.Fit(noise).Level, 0.05);
        Assert.IsGreaterThan(0.9, ExponentialSmoothing.Fit(walk).Alpha);
    }

    private static double SquaredErrors(double[] values, double alpha, double level)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += (value - level) * (value - level);
            level += alpha * (value - level);
        }
        return sum;
    }
}
