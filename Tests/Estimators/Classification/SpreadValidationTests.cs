using CsCheck;
using Microsoft.ML;

namespace MlNetRnn.Tests.Classification;

/// <summary>Where examples are not in order of time, an even share of each class validates.</summary>
[TestClass]
public sealed class SpreadValidationTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly Gen<(double Fraction, int[] Classes)> Cases = Gen.Select(
        Gen.Double[0.01, 0.95], Gen.Int[1, 12], Gen.Int[0, 300], Gen.Int[0, 1_000_000]).Select((fraction, classes, count, seed) =>
        {
            var random = new Random(seed);
            return (fraction, Enumerable.Range(0, count).Select(_ => random.Next(-1, classes)).ToArray()); // -1: no label
        });

    [TestMethod]
    public void Of_each_class_its_share_validates_within_one_but_for_the_first_which_trains() => Cases.Sample(c =>
    {
        var roles = Roles(c.Fraction, c.Classes);
        foreach (int k in c.Classes.Where(k => k >= 0).Distinct())
        {
            var own = roles.Where((_, i) => c.Classes[i] == k).ToArray();
            Assert.AreEqual(SequenceRole.Training, own[0]);
            int validating = own.Count(r => r == SequenceRole.Validation);
            Assert.IsLessThanOrEqualTo(1, validating - (c.Fraction * own.Length));
            Assert.IsLessThanOrEqualTo(1 + c.Fraction, (c.Fraction * own.Length) - validating, "the first one may have been due");
        }
        Assert.IsTrue(roles.Zip(c.Classes).All(p => p.First == SequenceRole.None == (p.Second < 0)), "labelled ones are for something");
    }, iter: 400);

    [TestMethod]
    public void Validation_is_spread_evenly_through_the_examples_of_a_class() => Cases.Sample(c =>
    {
        var roles = Roles(c.Fraction, c.Classes);
        foreach (int k in c.Classes.Where(k => k >= 0).Distinct())
        {
            int[] at = [.. roles.Where((_, i) => c.Classes[i] == k).Select((r, i) => (r, i)).Where(p => p.r == SequenceRole.Validation).Select(p => p.i)];
            foreach (var (a, b) in at.Zip(at.Skip(1)))
                Assert.IsLessThanOrEqualTo(1, Math.Abs(b - a - (1 / c.Fraction)) - 1e-6);
        }
    }, iter: 200);

    [TestMethod]
    public void Each_example_validates_in_one_of_the_parts_but_the_first_of_a_class_in_none()
    {
        for (int parts = 2; parts <= 30; parts++)
        {
            int[] classes = [.. Enumerable.Range(0, 40).SelectMany(k => Enumerable.Repeat(k % 20, 12))];
            int[] validated = new int[classes.Length];
            for (int part = 0; part < parts; part++)
            {
                foreach (var (i, role) in Roles(1.0 / parts, classes, part).Index())
                    validated[i] += role == SequenceRole.Validation ? 1 : 0;
            }
            var seen = new HashSet<int>();
            for (int i = 0; i < classes.Length; i++)
                Assert.AreEqual(seen.Add(classes[i]) ? 0 : 1, validated[i], $"{parts} parts, example {i} of class {classes[i]}");
        }
    }

    [TestMethod]
    public void The_same_examples_are_split_the_same_way() => Cases.Sample(
        c => Roles(c.Fraction, c.Classes).SequenceEqual(Roles(c.Fraction, c.Classes)), iter: 50);

    [TestMethod]
    public void Small_classes_take_turns()
    {
        int[] classes = [.. Enumerable.Range(0, 40).SelectMany(k => Enumerable.Repeat(k, 5))]; // 5 of each: half an example for a tenth
        var roles = Roles(0.1, classes);

        Assert.IsInRange(14, 24, roles.Count(r => r == SequenceRole.Validation));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(40)]
    public void Data_in_order_of_its_classes_has_all_of_them_in_both_parts(int? buffer)
    {
        var data = Classified.Numbers(200);
        int[] byClass = [.. Enumerable.Range(0, 200).OrderBy(i => data.Classes[i])];
        var ordered = new Classified(2, [.. byClass.Select(i => data.Sequences[i])], [.. byClass.Select(i => data.Classes[i])]);
        using var model = Ml.MulticlassClassification.Trainers
            .Recurrent((Classified.Learning with { Features = 2 }).Train(t => t with { ShuffleBufferSize = buffer })).Fit(ordered.View(Ml, "three"));

        var training = model.Model.Manifest.Training;
        Assert.IsInRange(18, 22, training.ValidationSequences);
        Assert.AreEqual(200, training.ValidationSequences + training.TrainingSequences);
        Assert.IsGreaterThan(0.9, model.History[^1].ValidationAccuracy!.Value, "the latest part would hold one class alone");
    }

    [TestMethod]
    public void With_a_group_column_the_latest_of_each_group_validate()
    {
        var data = Classified.Numbers(60);
        float[] groups = [.. Enumerable.Range(0, 60).Select(i => (float)(i / 20))];
        var view = data.View(Ml, "three", ("Group", groups));
        var options = (Classified.Tiny with { Features = 2 }).Train(t => t with { GroupColumnName = "Group", ValidationFraction = 0.2 });
        var (training, validation) = Split(view, options);

        Assert.AreSequenceEqual([16, 17, 18, 19, 36, 37, 38, 39, 56, 57, 58, 59], validation);
        Assert.HasCount(48, training);
    }

    [TestMethod]
    [DataRow("Label", false)]
    [DataRow("Direction", false)]
    [DataRow("Direction", true)]
    public void Classes_made_of_windowed_labels_keep_the_windows_order_horizon_and_series(string target, bool grouped)
    {
        const int Horizon = 5;
        var random = new Random(1);
        var rows = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 120).Select(i => new Price { Value = random.NextSingle(), Share = i / 60 }).ToArray());
        var windows = Ml.Transforms.SlidingWindow("Window", ["Value"], 4, Horizon, groupColumnName: grouped ? "Share" : null).Fit(rows).Transform(rows);
        var classes = Ml.Transforms.Expression("Direction", "x => x >= 0", "Value").Fit(windows).Transform(windows);
        if (target == "Label") // in place of the windowed label, which stays behind it
            classes = Ml.Transforms.Expression("Label", "x => x >= 0", "Value").Fit(windows).Transform(windows);
        var options = Classified.Tiny.Train(t => t with { ValidationFraction = 0.2 });

        var (training, validation) = Split(classes, options, "Window", target);

        int perSeries = grouped ? 57 : 117, series = grouped ? 2 : 1, latest = grouped ? 11 : 23;
        Assert.HasCount(series * latest, validation);
        Assert.HasCount(series * (perSeries - latest - Horizon), training, "those whose labels reach into the time of validation do not train");
        for (int s = 0; s < series; s++)
            Assert.IsLessThan(validation[s * latest], training[((s + 1) * (perSeries - latest - Horizon)) - 1] + Horizon);
    }

    private static SequenceRole[] Roles(double fraction, int[] classes, int part = 0)
    {
        var roles = new SpreadValidate(fraction, part);
        return [.. classes.Select(c => roles.Next(Math.Max(c, 0), c >= 0))];
    }

    private static (int[] Training, int[] Validation) Split(IDataView view, RecurrentOptions options, string feature = "Features", string label = "Label")
    {
        SequenceTask task = view.Schema[label].Type is Microsoft.ML.Data.BooleanDataViewType ? new BinaryTask(new()) : new MulticlassTask(new());
        var columns = TrainingColumns.Find(view.Schema, feature, label, task, options);
        string? group = options.Training.GroupColumnName ?? columns.GroupedBy;
        var sequences = Sequences.Read(view, feature, columns.Features, label, 1, CancellationToken.None, group);
        var split = ValidationSplit.Create(sequences, options.Training.ValidationFraction, columns.SplitGap);
        return (split.Training, split.Validation);
    }

    private sealed class Price
    {
        public float Value { get; set; }

        public int Share { get; set; }
    }
}
