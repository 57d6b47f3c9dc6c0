using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>The same seed gives the same model, bit for bit.</summary>
[TestClass]
public class DeterminismTests
{
    private static readonly Examples Data = Examples.Random(100);

    [TestMethod]
    [DataRow("rnn")]
    [DataRow("lstm")]
    [DataRow("gru")]
    public void Same_seed_gives_the_same_weights(string cell)
    {
        Assert.AreSequenceEqual(Weights(Fit(3, cell)), Weights(Fit(3, cell)));
        Assert.AreSequenceEqual(Data.Score(Fit(3, cell)), Data.Score(Fit(3, cell)));
    }

    [TestMethod]
    public void Another_seed_gives_another_model() => Assert.IsGreaterThan(1e-3, Difference.Max(Weights(Fit(3)), Weights(Fit(4))));

    [TestMethod]
    public void Seed_alone_decides_initial_weights_order_and_dropout()
    {
        // one epoch at a rate that changes nothing shows the initial weights; one batch shows dropout; several the order
        Assert.AreSequenceEqual(Losses(batch: 90, seed: 5), Losses(batch: 90, seed: 5));
        Assert.AreSequenceEqual(Losses(batch: 10, seed: 5), Losses(batch: 10, seed: 5));
    }

    [TestMethod]
    public async Task Fits_side_by_side_equal_those_one_after_the_other()
    {
        float[][] expected = [Weights(Fit(3)), Weights(Fit(4)), Weights(Fit(5))];
        float[][] actual = await Task.WhenAll(Enumerable.Range(3, 3).Select(seed => Task.Run(() => Weights(Fit(seed)))));
        for (int i = 0; i < 3; i++)
            Assert.AreSequenceEqual(expected[i], actual[i]);
    }

    [TestMethod]
    public void Seed_of_the_context_decides_where_none_is_given()
    {
        Assert.AreSequenceEqual(Weights(Fit(null, contextSeed: 8)), Weights(Fit(null, contextSeed: 8)));
        Assert.AreNotEqual(Fit(null, contextSeed: 8).Model.Manifest.Training.Seed, Fit(null, contextSeed: 9).Model.Manifest.Training.Seed);
    }

    [TestMethod]
    public void Seed_in_the_manifest_reproduces_the_model()
    {
        using var model = Fit(null, contextSeed: null);
        Assert.AreSequenceEqual(Weights(model), Weights(Fit(model.Model.Manifest.Training.Seed)));
    }

    private static double[] Losses(int batch, int seed)
    {
        var ml = new MLContext();
        var options = Options(seed, "lstm").Train(t => t with { BatchSize = batch, Epochs = 1, LearningRate = 1e-30 });
        return [.. ml.Regression.Trainers.Recurrent(options).Fit(Data.View(ml)).History.Select(h => h.TrainingLoss)];
    }

    private static RecurrentOptions Options(int? seed, string cell) =>
        (Networks.Tiny with { Cell = Networks.Cell(cell), Dropout = 0.3, HiddenSizes = [6, 5] }).Train(t => t with { Seed = seed });

    private static SequenceTransformer Fit(int? seed, string cell = "lstm", int? contextSeed = 1)
    {
        var ml = new MLContext(contextSeed);
        return ml.Regression.Trainers.Recurrent(Options(seed, cell)).Fit(Data.View(ml));
    }

    private static float[] Weights(SequenceTransformer model) => ModelWeights.Of(model);
}
