using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Data that cannot be trained on is refused before training starts.</summary>
[TestClass]
public class TrainingDataTests
{
    private static readonly MLContext Ml = new();

    [TestMethod]
    public void No_rows() => Refused(Ml.Data.SkipRows(Examples.Random(5).View(Ml), 5), Networks.Tiny, "nothing to train on", "'Features'");

    [TestMethod]
    public void A_window_longer_than_the_series_is_named()
    {
        var rows = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => new Row { Value = i }));
        var windows = Ml.Transforms.SlidingWindow("Features", ["Value"], windowLength: 11).Fit(rows).Transform(rows);
        Refused(windows, Networks.Tiny, "window length of 11");
    }

    [TestMethod]
    public void No_labels() => Refused(Examples.Random(25).WithLabels((_, _) => [float.NaN]), Networks.Tiny, "None of the 25 rows has a label");

    [TestMethod]
    public void No_labels_in_any_step() =>
        Refused(
            Ml.Forecasting.ForecastByRecurrent(inputColumnName: "Features", options: Networks.Tiny),
            Examples.Random(25, labelSize: 3).WithLabels((_, l) => [.. l.Select(_ => float.NaN)]).View(Ml), "None of the 25 rows has a label");

    [TestMethod]
    public void A_validation_fraction_that_leaves_no_rows_to_validate() =>
        Refused(Examples.Random(30), Networks.Tiny.Train(t => t with { ValidationFraction = 0.01 }), "ValidationFraction 0.01 of 30", "0 to validate");

    [TestMethod]
    public void A_validation_fraction_that_leaves_no_rows_to_train()
    {
        var rows = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 30).Select(i => new Row { Value = i }));
        var windows = Ml.Transforms.SlidingWindow("Features", ["Value"], windowLength: 2, horizon: 20).Fit(rows).Transform(rows);
        Refused(
            Ml.Forecasting.ForecastByRecurrent(inputColumnName: "Features", options: Networks.Tiny.Train(t => t with { ValidationFraction = 0.5 })),
            windows, "leaves 0 rows to train", "20 rows ahead");
    }

    [TestMethod]
    public void A_batch_larger_than_the_training_rows() => Refused(
        Examples.Random(40), Networks.Tiny.Train(t => t with { BatchSize = 33, ValidationFraction = 0.2 }), "BatchSize is 33", "32 sequences");

    [TestMethod]
    public void A_batch_of_all_training_rows_is_taken()
    {
        using var model = Ml.Regression.Trainers.Recurrent(Networks.Tiny.Train(t => t with { BatchSize = 32, ValidationFraction = 0.2 }))
            .Fit(Examples.Random(40).View(Ml));
        Assert.AreEqual(32, model.Model.Manifest.Training.TrainingSequences);
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void A_feature_that_is_no_number(float value)
    {
        var examples = Examples.Random(40);
        examples.Sequences[16][3] = value;
        Refused(examples, Networks.Tiny, "'Features'", "row 17", $"{value}");
    }

    [TestMethod]
    public void An_infinite_label() =>
        Refused(Examples.Random(40).WithLabels((i, l) => i == 4 ? [float.NegativeInfinity] : l), Networks.Tiny, "'Label'", "row 5", $"{float.NegativeInfinity}");

    private static void Refused(Examples examples, RecurrentOptions options, params string[] parts) => Refused(examples.View(Ml), options, parts);

    private static void Refused(IDataView data, RecurrentOptions options, params string[] parts) =>
        Refused(Ml.Regression.Trainers.Recurrent(options.Train(t => t with { Progress = Unwanted })), data, parts);

    private static void Refused(RecurrentEstimator estimator, IDataView data, params string[] parts)
    {
        var e = Assert.ThrowsExactly<InvalidOperationException>(() => estimator.Fit(data));
        foreach (string part in parts)
            Assert.Contains(part, e.Message);
    }

    private static RecordedProgress Unwanted => new(_ => Assert.Fail("Training started."));

    private sealed class Row
    {
        public float Value { get; set; }
    }
}
