using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Reports against ML.NET's own evaluators on random data.</summary>
[TestClass]
public class ClassificationReportPropertyTests
{
    private static readonly MLContext s_ml = new(seed: 1);

    private static readonly Gen<(string[] Names, uint[] Labels, int[] Order, float[][] Scores)> s_case =
        from classes in Gen.Int[2, 7]
        from rows in Gen.Int[1, 60]
        from labels in Gen.UInt[0, (uint)classes].Array[rows].Where(labels => labels.Any(label => label > 0))
        from order in Gen.Shuffle(Enumerable.Range(0, classes).ToArray())
        from scores in Gen.Shuffle(Enumerable.Range(1, classes).Select(i => i / 10f).ToArray()).Array[rows] // no ties
        select (Enumerable.Range(0, classes).Select(i => $"c{i}").ToArray(), labels, order, scores);

    [TestMethod]
    public void Counts_and_metrics_are_those_of_the_multiclass_evaluator() => s_case.Sample(c =>
    {
        uint[] best = [.. c.Scores.Select(scores => (uint)scores.Index().MaxBy(s => s.Item).Index + 1)];
        var view = new ClassView().Keys("Label", c.Names, c.Labels).Keys("PredictedLabel", c.Names, best).Vector("Score", c.Scores, c.Names)
            // The same predictions by keys in another order.
            .Keys("Reordered", [.. c.Order.Select(i => c.Names[i])], [.. best.Select(key => (uint)Array.IndexOf(c.Order, (int)key - 1) + 1)]).View;

        var expected = s_ml.MulticlassClassification.Evaluate(view);
        foreach (var predicted in new[] { "PredictedLabel", "Reordered" })
        {
            var report = s_ml.MulticlassClassification.Report(view, predictedLabelColumnName: predicted);
            Assert.AreEqual(expected.MicroAccuracy, report.Accuracy, 1e-12);
            Assert.AreEqual(expected.MacroAccuracy, report.Classes.Where(k => k.Support > 0).Average(k => k.Recall), 1e-12);
            Assert.AreEqual(c.Labels.LongCount(label => label == 0), report.UnlabelledRows);
            for (var i = 0; i < c.Names.Length; i++)
            {
                Assert.AreEqual(expected.ConfusionMatrix.PerClassPrecision[i], report.Classes[i].Precision, 1e-12);
                Assert.AreEqual(expected.ConfusionMatrix.PerClassRecall[i], report.Classes[i].Recall, 1e-12);
                Assert.AreSequenceEqual(expected.ConfusionMatrix.Counts[i], report.ConfusionMatrix[i].Select(n => (double)n));
            }
        }
    }, iter: 200, threads: 1);

    [TestMethod]
    public void Metrics_are_those_of_the_binary_evaluator() => Gen.Select(Gen.Bool, Gen.Bool).Array[4, 60]
        .Where(rows => rows.Any(r => r.Item1) && rows.Any(r => !r.Item1)).Sample(rows =>
        {
            var view = new ClassView().Values("Label", BooleanDataViewType.Instance, [.. rows.Select(r => r.Item1)])
                .Values("PredictedLabel", BooleanDataViewType.Instance, [.. rows.Select(r => r.Item2)])
                .Values("Score", NumberDataViewType.Single, [.. rows.Select(r => r.Item2 ? 1f : -1f)]).View;

            var expected = s_ml.BinaryClassification.EvaluateNonCalibrated(view);
            var report = s_ml.BinaryClassification.Report(view);

            Assert.AreEqual(expected.Accuracy, report.Accuracy, 1e-12);
            Same(expected.PositivePrecision, report.Classes[1].Precision);
            Same(expected.PositiveRecall, report.Classes[1].Recall);
            Same(expected.F1Score, report.Classes[1].F1);
            Same(expected.NegativePrecision, report.Classes[0].Precision);
            Same(expected.NegativeRecall, report.Classes[0].Recall);
        }, iter: 200, threads: 1);

    [TestMethod]
    public void Averages_and_counts_fit_together() => s_case.Sample(c =>
    {
        uint[] said = [.. c.Scores.Select(scores => (uint)(scores[0] * 10) % (uint)(c.Names.Length + 1))]; // with missing ones
        var report = s_ml.MulticlassClassification.Report(new ClassView().Keys("Label", c.Names, c.Labels).Keys("PredictedLabel", c.Names, said).View);

        Assert.AreEqual(report.Accuracy, report.WeightedAverage.Recall, 1e-12);
        Assert.AreEqual(report.Rows, report.Classes.Sum(k => k.Support));
        Assert.AreEqual(report.Rows - report.UnpredictedRows, report.ConfusionMatrix.Sum(row => row.Sum()));
        Assert.AreEqual(c.Labels.Length, report.Rows + report.UnlabelledRows);
        foreach (var (label, precision, recall, f1, _) in report.Classes)
            Assert.AreEqual(precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall), f1, 1e-12, label);
    }, iter: 200, threads: 1);

    // ML.NET gives NaN, or 0, where nothing was predicted.
    private static void Same(double expected, double actual) => Assert.AreEqual(double.IsNaN(expected) ? 0 : expected, actual, 1e-12);
}
