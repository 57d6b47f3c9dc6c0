using Microsoft.ML;

namespace MlNetRnn.Tests;

[TestClass]
public class EarlyStoppingTests
{
    private const double Fraction = 0.2;

    // Labels without meaning are learnt by heart: the validation loss falls at first, then rises.
    private static readonly Examples Noise = Examples.Random(120).WithLabels((i, label) => [label[0] + (i % 3)]);

    [TestMethod]
    public void Weights_of_the_best_epoch_are_restored()
    {
        using var model = Fit(new EarlyStoppingOptions { Patience = 5 }, epochs: 60);
        var losses = model.History.Select(h => h.ValidationLoss!.Value).ToArray();
        int best = model.Model.Manifest.Training.BestEpoch;
        Assert.AreEqual(Array.IndexOf(losses, losses.Min()) + 1, best);
        Assert.HasCount(best + 5, losses, "training should stop after the patience");
        Assert.IsLessThan(60, losses.Length);
        AssertRelative(losses[best - 1], ValidationLoss(model));
    }

    [TestMethod]
    public void Weights_of_the_best_epoch_are_restored_when_the_epochs_run_out()
    {
        using var model = Fit(new EarlyStoppingOptions { Patience = 100 }, epochs: 30);
        var losses = model.History.Select(h => h.ValidationLoss!.Value).ToArray();
        Assert.HasCount(30, losses);
        Assert.IsGreaterThan(1.05 * losses.Min(), losses[^1], "the case should be one where the last epoch is worse than the best");
        AssertRelative(losses.Min(), ValidationLoss(model));
    }

    [TestMethod]
    public void Without_early_stopping_the_last_weights_are_kept()
    {
        using var model = Fit(null, epochs: 30);
        Assert.HasCount(30, model.History);
        Assert.AreEqual(30, model.Model.Manifest.Training.BestEpoch);
        Assert.IsGreaterThan(1.05 * model.History.Min(h => h.ValidationLoss!.Value), model.History[^1].ValidationLoss!.Value);
        AssertRelative(model.History[^1].ValidationLoss!.Value, ValidationLoss(model));
    }

    [TestMethod]
    public void Without_validation_the_training_loss_decides()
    {
        var ml = new MLContext();
        var options = Networks.Tiny.Train(t => t with { Epochs = 100, LearningRate = 1e-9, ValidationFraction = 0, EarlyStopping = new() { Patience = 2, MinimumDelta = 0.1 } });
        using var model = ml.Regression.Trainers.Recurrent(options).Fit(Noise.View(ml));
        Assert.HasCount(3, model.History, "the first epoch, and two that are not better by the minimum");
        Assert.IsTrue(model.History.All(h => h.ValidationLoss is null && h.ValidationMeanAbsoluteError is null));
    }

    [TestMethod]
    public void Metrics_of_the_history_are_those_of_the_model()
    {
        using var model = Fit(null, epochs: 4);
        var validation = Noise.Slice((Noise.Count - (int)(Noise.Count * Fraction))..);
        double scale = model.Model.Manifest.Scaling.TargetScales[0];
        double error = validation.Score(model).Zip(validation.Labels, (s, l) => Math.Abs((s - l[0]) / scale)).Average();
        AssertRelative(model.History[^1].ValidationMeanAbsoluteError!.Value, error);
    }

    private static SequenceTransformer Fit(EarlyStoppingOptions? stopping, int epochs)
    {
        var ml = new MLContext();
        var options = Networks.Tiny.Train(t => t with { Epochs = epochs, LearningRate = 0.03, ValidationFraction = Fraction, EarlyStopping = stopping });
        return ml.Regression.Trainers.Recurrent(options with { HiddenSizes = [16] }).Fit(Noise.View(ml));
    }

    // Recomputed from what the model says in the target's units.
    private static double ValidationLoss(SequenceTransformer model)
    {
        var validation = Noise.Slice((Noise.Count - (int)(Noise.Count * Fraction))..);
        var scaling = model.Model.Manifest.Scaling;
        return validation.MeanSquaredError(model) / (scaling.TargetScales[0] * (double)scaling.TargetScales[0]);
    }

    private static void AssertRelative(double expected, double actual) => Assert.AreEqual(expected, actual, 1e-4 * expected);
}
