using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Fit with validation data: what is given validates, and nothing is held out.</summary>
[TestClass]
public class GivenValidationTests
{
    private static readonly MLContext Ml = new();
    private static readonly Examples Data = Examples.Random(50);

    private static readonly RecurrentOptions Options = (Networks.Tiny with { Dropout = 0.1 }).Train(t => t with
    {
        Epochs = 30,
        LearningRate = 0.05,
        ValidationFraction = 0.2,
        EarlyStopping = new() { Patience = 3 },
        ReduceLearningRate = new() { Patience = 1 },
    });

    [TestMethod]
    public void The_model_equals_that_of_the_fraction_when_the_same_rows_validate()
    {
        using var byFraction = Fit(Options, Data, null);
        using var given = Fit(Options with { Training = Options.Training with { ValidationFraction = 0.5 } }, Data.Slice(..40), Data.Slice(40..));
        Assert.AreSequenceEqual(Data.Score(byFraction), Data.Score(given));
        Assert.AreSequenceEqual(byFraction.History.Select(h => h with { Seconds = 0 }), given.History.Select(h => h with { Seconds = 0 }));
        Assert.IsLessThan(30, given.History.Count, "early stopping should have had its part");
        var training = given.Model.Manifest.Training;
        Assert.AreEqual((40, 10, byFraction.Model.Manifest.Training.BestEpoch), (training.TrainingSequences, training.ValidationSequences, training.BestEpoch));
    }

    [TestMethod]
    public void Other_validation_data_changes_the_losses_of_validation_alone()
    {
        var once = Options.Train(t => t with { Epochs = 1 });
        using var first = Fit(once, Data.Slice(..40), Data.Slice(40..));
        using var second = Fit(once, Data.Slice(..40), Data.Slice(45..));
        Assert.AreEqual(first.History[0].TrainingLoss, second.History[0].TrainingLoss);
        Assert.AreNotEqual(first.History[0].ValidationLoss, second.History[0].ValidationLoss);
        Assert.AreSequenceEqual(Data.Score(first), Data.Score(second));
    }

    [TestMethod]
    public void Scaling_is_fitted_on_the_training_data_alone()
    {
        var wild = Examples.Random(20, seed: 2) with { Sequences = [.. Examples.Random(20, seed: 2).Sequences.Select(s => s.Select(v => 1000 * v + 500).ToArray())] };
        using var with = Fit(Options, Data, wild.WithLabels((_, l) => [l[0] * 1000]));
        using var without = Fit(Options.Train(t => t with { ValidationFraction = 0 }), Data, null);
        var (a, b) = (with.Model.Manifest.Scaling, without.Model.Manifest.Scaling);
        Assert.AreSequenceEqual(b.FeatureMeans, a.FeatureMeans);
        Assert.AreSequenceEqual(b.FeatureScales, a.FeatureScales);
        Assert.AreEqual((b.TargetMeans[0], b.TargetScales[0]), (a.TargetMeans[0], a.TargetScales[0]));
    }

    [TestMethod]
    public void Unlabelled_rows_of_either_are_passed_over()
    {
        using var plain = Fit(Options, Data.Slice(..40), Data.Slice(40..));
        var gaps = Examples.Random(6, seed: 3).WithLabels((_, _) => [float.NaN]);
        using var mixed = Fit(Options, Join(Data.Slice(..40), gaps), Join(gaps, Data.Slice(40..)));
        Assert.AreSequenceEqual(Data.Score(plain), Data.Score(mixed));
    }

    [TestMethod]
    public void Validation_rows_may_be_fewer_or_more_than_a_batch()
    {
        foreach (int count in new[] { 1, 600 })
        {
            using var model = Fit(Options.Train(t => t with { Epochs = 1 }), Data, Examples.Random(count, seed: 4));
            Assert.AreEqual(count, model.Model.Manifest.Training.ValidationSequences);
        }
    }

    [TestMethod]
    public void Validation_data_without_labelled_rows_is_refused()
    {
        Fails.With<InvalidOperationException>(
            () => Fit(Options, Data, Data.WithLabels((_, _) => [float.NaN])), "validation data has 50 rows, and none has a label");
        Fails.With<InvalidOperationException>(
            () => Trainer(Options).Fit(Data.View(Ml), Ml.Data.SkipRows(Data.View(Ml), 50)), "validation data has 0 rows");
    }

    [TestMethod]
    public void Training_data_without_labelled_rows_is_refused_as_ever() => Fails.With<InvalidOperationException>(
        () => Fit(Options, Data.WithLabels((_, _) => [float.NaN]), Data), "None of the 50 rows has a label");

    [TestMethod]
    public void Validation_data_of_another_schema_is_refused_with_both_types()
    {
        Fails.With<ArgumentException>(
            () => Fit(Options, Data, Examples.Random(10, steps: 5)),
            "'Features'", "Vector<Single, 5, 2> in the validation data", "Vector<Single, 4, 2> in the training data");
        Fails.With<ArgumentException>(
            () => Fit(Options, Data, Examples.Random(10, labelSize: 2)), "'Label'", "Vector<Single, 2> in the validation data", "Single in the training");
        Fails.With<ArgumentException>(
            () => Trainer(Options).Fit(Data.View(Ml), Ml.Transforms.DropColumns("Label").Fit(Data.View(Ml)).Transform(Data.View(Ml))),
            "The validation data", "no column 'Label'");
    }

    [TestMethod]
    public void A_bad_value_is_said_to_be_in_the_validation_data()
    {
        var bad = Examples.Random(10, seed: 5);
        bad.Sequences[6][1] = float.NaN;
        Fails.With<InvalidOperationException>(() => Fit(Options, Data, bad), "The validation data:", "row 7");
    }

    private static SequenceTransformer Fit(RecurrentOptions options, Examples training, Examples? validation) =>
        Trainer(options).Fit(training.View(Ml), validation?.View(Ml));

    private static RecurrentEstimator Trainer(RecurrentOptions options) => Ml.Regression.Trainers.Recurrent(options);

    private static Examples Join(Examples first, Examples second) => first with
    {
        Sequences = [.. first.Sequences, .. second.Sequences],
        Labels = [.. first.Labels, .. second.Labels],
    };
}
