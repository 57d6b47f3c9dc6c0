using Microsoft.ML;

namespace MlNetRnn.Tests;

[TestClass]
public class ReduceLearningRateTests
{
    // A rate too small to change anything: after the first epoch the loss never falls by as much as rounding.
    [TestMethod]
    public void Rate_drops_by_the_factor_after_each_patience_down_to_the_minimum()
    {
        double[] rates = Rates(new() { Factor = 0.5, Patience = 2, Minimum = 2e-31 }, rate: 1e-30, epochs: 9);
        double[] expected = [1e-30, 1e-30, 1e-30, 5e-31, 5e-31, 2.5e-31, 2.5e-31, 2e-31, 2e-31];
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], rates[i], 1e-36, $"epoch {i + 1}");
    }

    [TestMethod]
    public void A_rate_below_the_minimum_is_not_raised_to_it()
    {
        double[] rates = Rates(new() { Factor = 0.5, Patience = 1, Minimum = 1e-6 }, rate: 1e-30, epochs: 4);
        Assert.AreSequenceEqual([1e-30, 1e-30, 1e-30, 1e-30], rates);
    }

    [TestMethod]
    public void Without_the_option_the_rate_stays() => Assert.AreSequenceEqual(Enumerable.Repeat(1e-30, 6), Rates(null, rate: 1e-30, epochs: 6));

    [TestMethod]
    public void A_lower_rate_is_what_the_optimizer_uses()
    {
        // reduced to nearly nothing after two epochs, the validation loss must stand still
        var losses = Fit(new() { Factor = 1e-12, Patience = 1, Minimum = 0 }, rate: 0.2, epochs: 40).Select(h => (h.LearningRate, Loss: h.ValidationLoss!.Value)).ToArray();
        var still = losses.Where(l => l.LearningRate < 1e-9).Select(l => l.Loss).ToArray();
        Assert.IsGreaterThan(2, still.Length, "the rate should have dropped");
        Assert.AreEqual(still.Min(), still.Max(), 1e-6);
        Assert.AreNotEqual(losses[0].Loss, losses[1].Loss, 1e-6);
    }

    private static double[] Rates(ReduceLearningRateOptions? reduce, double rate, int epochs) => [.. Fit(reduce, rate, epochs).Select(h => h.LearningRate)];

    private static IReadOnlyList<EpochMetrics> Fit(ReduceLearningRateOptions? reduce, double rate, int epochs)
    {
        var ml = new MLContext();
        var options = Networks.Tiny.Train(t => t with { Epochs = epochs, LearningRate = rate, ReduceLearningRate = reduce, ValidationFraction = 0.2 });
        using var model = ml.Regression.Trainers.Recurrent(options).Fit(Examples.Random(60).View(ml));
        return model.History;
    }
}
