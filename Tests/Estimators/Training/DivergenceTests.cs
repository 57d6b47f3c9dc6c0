using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>A loss that is no number stops training; what was good before is not lost.</summary>
[TestClass]
public class DivergenceTests
{
    // Plain gradient descent on a linear head diverges geometrically once the rate is too high: finite for some epochs, then not.
    private static readonly RecurrentOptions Diverging = (Networks.Tiny with { DenseSizes = [] }).Train(t => t with
    {
        Optimizer = Optimizer.Sgd,
        GradientClipNorm = null,
        LearningRate = 5,
        BatchSize = 32,
        Epochs = 500,
        ValidationFraction = 0.2,
        EarlyStopping = new() { Patience = 500 },
    });

    private static readonly Examples Data = Examples.Random(40);

    [TestMethod]
    public void Divergence_in_a_later_epoch_carries_the_best_model()
    {
        var e = Fit(Diverging);
        var model = e.Transformer;
        Assert.IsNotNull(model);
        Assert.IsNotEmpty(model.History);
        Assert.Contains($"in epoch {model.History.Count + 1} ", e.Message);
        Assert.Contains("learning rate 5", e.Message);
        Assert.Contains("Lower Training.LearningRate", e.Message);
        Assert.Contains($"holds epoch {model.Model.Manifest.Training.BestEpoch},", e.Message);
        Assert.AreEqual(model.History.MinBy(h => h.ValidationLoss)!.Epoch, model.Model.Manifest.Training.BestEpoch);
        Assert.IsTrue(Data.Score(model).All(float.IsFinite));
        Assert.IsTrue(model.History.All(h => double.IsFinite(h.TrainingLoss) && double.IsFinite(h.ValidationLoss!.Value)));
    }

    [TestMethod]
    public void Divergence_in_the_first_epoch_leaves_no_model()
    {
        var e = Fit(Diverging.Train(t => t with { LearningRate = 1e30, BatchSize = 4 }));
        Assert.IsNull(e.Transformer);
        Assert.Contains("in epoch 1 ", e.Message);
        Assert.Contains("no model", e.Message);
    }

    [TestMethod]
    public void Weights_that_the_last_step_ruined_are_noticed_without_validation()
    {
        var e = Fit(Diverging.Train(t => t with { LearningRate = 1e300, BatchSize = 40, Epochs = 1, ValidationFraction = 0 }));
        Assert.IsNull(e.Transformer);
        Assert.Contains("in epoch 1 ", e.Message);
    }

    [TestMethod]
    public void Clipping_keeps_the_same_rate_from_diverging()
    {
        var ml = new MLContext();
        using var model = ml.Regression.Trainers.Recurrent(Diverging.Train(t => t with { GradientClipNorm = 0.01, Epochs = 20 })).Fit(Data.View(ml));
        Assert.HasCount(20, model.History);
    }

    private static RecurrentTrainingException Fit(RecurrentOptions options)
    {
        var ml = new MLContext();
        return Assert.ThrowsExactly<RecurrentTrainingException>(() => ml.Regression.Trainers.Recurrent(options).Fit(Data.View(ml)));
    }
}
