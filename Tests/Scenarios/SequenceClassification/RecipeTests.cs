using CsCheck;
using Microsoft.ML;
using MlNetRnn.Scenarios.SequenceClassification;

namespace MlNetRnn.Tests.Scenarios;

/// <summary>What is tried, and what of it is taken.</summary>
[TestClass]
public sealed class RecipeTests
{
    private static readonly Gen<(int Count, int Longest, int PerClass, bool IsText)> Data =
        Gen.Select(Gen.Int[2, 20_000], Gen.Int[0, 3000], Gen.Int[1, 5000], Gen.Bool);

    [TestMethod]
    public void Any_data_gives_work_that_ends() => Data.Sample(d =>
    {
        int[] lengths = [.. Enumerable.Range(0, d.Count).Select(i => i % (d.Longest + 1))];
        var recipe = Recipe.For(lengths, d.PerClass, d.IsText);

        Assert.IsInRange(1, 4, recipe.Tries.Length);
        Assert.IsInRange(1, 5, recipe.Members);
        Assert.IsInRange(1, 64, recipe.BatchSize);
        Assert.IsInRange(10, Recipe.MostEpochs, recipe.Epochs);
        Assert.IsLessThanOrEqualTo(Math.Max(1, d.Count / 4), recipe.BatchSize, "several batches in an epoch");
        double steps = recipe.Tries.Max(t => lengths.Sum(l => (double)l) / t.StackedSteps) * recipe.Members;
        Assert.IsTrue(recipe.Tries.Length * recipe.Members == 1 || steps <= 1_500_000, $"{steps:n0} steps per epoch of {recipe}");
        Assert.HasCount(recipe.Tries.Length, recipe.Tries.Distinct());
        foreach (var one in recipe.Tries)
        {
            Assert.IsTrue(!d.IsText || one.StackedSteps == 1, "words are not stacked");
            Assert.IsTrue(d.IsText || lengths.Max() <= 256 * one.StackedSteps, "a network reads no more than 256 steps");
            _ = new MLContext().MulticlassClassification.Trainers.Recurrent(recipe.Options(new(), one, d.IsText)); // refuses what is not usable
        }
    }, iter: 300, threads: 1);

    [TestMethod]
    public void A_short_sequence_is_remembered_and_a_long_one_is_searched()
    {
        Assert.AreSequenceEqual([new Try(SequenceReadout.Last, 1)], Recipe.For([24, 30], 20, isText: false).Tries);
        Assert.AreSequenceEqual(
            [new Try(SequenceReadout.Last, 6), new(SequenceReadout.Max, 6), new(SequenceReadout.Last, 24), new(SequenceReadout.Max, 24)],
            Recipe.For([1500, 20], 20, isText: false).Tries);
    }

    [TestMethod]
    public void Nothing_validates_where_no_class_has_an_example_for_it()
    {
        var recipe = Recipe.For([.. Enumerable.Repeat(40, 36)], largestClass: 3, isText: false);
        Assert.IsFalse(recipe.Validates);
        Assert.AreEqual(0, recipe.Options(new(), recipe.Tries[0], isText: false).Training.ValidationFraction);
        Assert.IsNull(recipe.Options(new(), recipe.Tries[0], isText: false).Training.EarlyStopping);
    }

    [TestMethod]
    public void All_are_taken_that_the_sequences_do_not_tell_from_the_best()
    {
        // Of 100 right 96: one standard error, of 0.951 as Laplace has it, is 0.0216.
        Tried best = Of(0.96, 100), near = Of(0.94, 100), far = Of(0.93, 100);
        Assert.AreSequenceEqual([best, near], Tried.Best([far, best, near]).OrderByDescending(t => t.Accuracy));

        Tried certain = Of(1, 10), doubtful = Of(0.95, 10), wrong = Of(0.8, 10);
        Assert.AreSequenceEqual([certain, doubtful], Tried.Best([certain, doubtful, wrong]), "ten right are no certainty");
    }

    [TestMethod]
    public void All_are_taken_where_nothing_was_validated()
    {
        Tried one = Of(double.NaN, 0), other = Of(double.NaN, 0);
        Assert.AreSequenceEqual([one, other], Tried.Best([one, other]));
        Assert.DoesNotContain("NaN", one.ToString());
    }

    [TestMethod]
    public void A_try_is_judged_by_the_best_epochs_of_its_networks_each_by_its_sequences()
    {
        var tried = new Tried(new(SequenceReadout.Max, 1), Model([Training(2, 30, 0.5, 0.9), Training(1, 10, 0.7, 0.6)]));
        Assert.AreEqual(((0.9 * 30) + (0.7 * 10)) / 40, tried.Accuracy, 1e-12);
        Assert.AreEqual(40, tried.Sequences);
        Assert.Contains("2 networks", tried.ToString());
    }

    private static Tried Of(double accuracy, int sequences) =>
        new(new(SequenceReadout.Last, sequences + 1), Model([Training(1, sequences, accuracy)]));

    private static TrainingSummary Training(int best, int sequences, params double[] accuracies) => new(
        [.. accuracies.Select((a, i) => new EpochMetrics(i + 1, 1, null, sequences == 0 ? null : 1 - a, null, 0.1, 1)
        {
            ValidationAccuracy = sequences == 0 ? null : a,
        })],
        best, Seed: 1, TrainingSequences: 10, sequences, Seconds: 1, OnnxMaxAbsDiff: 0);

    private static SequenceTransformer Model(TrainingSummary[] trainings)
    {
        var model = TinyModel.Forecasting;
        return new(model.With(model.Manifest with { Training = trainings[0] with { Members = trainings.Length > 1 ? [.. trainings] : [] } }));
    }
}
