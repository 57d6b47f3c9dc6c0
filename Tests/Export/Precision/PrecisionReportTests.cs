using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>The report on what each precision gives and costs.</summary>
[TestClass]
public sealed class PrecisionReportTests
{
    private static readonly MLContext Ml = new(1);

    [TestMethod]
    public void It_tells_size_time_and_loss_side_by_side()
    {
        var (chain, rows) = ReducedModels.Of("lstm");

        var report = Ml.Model.CompareOnnxPrecisions(chain, rows);

        Assert.AreSequenceEqual([OnnxPrecision.Float32, OnnxPrecision.Float16Weights, OnnxPrecision.Int8], report.Results.Select(r => r.Precision));
        Assert.AreEqual((145, 144), (report.Rows, report.LabelledValues)); // of 150 rows in windows of 6, the last one's label is not known
        var (exact, half, int8) = (report.Results[0], report.Of(OnnxPrecision.Float16Weights), report.Of(OnnxPrecision.Int8));
        Assert.AreEqual((1, 1, 1, 0), (exact.FileRatio, exact.CallSpeedup, exact.BatchSpeedup, exact.LargestDifference));
        Assert.AreEqual(ReducedModels.Model("lstm").OnnxBytes.Length, exact.FileBytes);
        Assert.IsTrue(exact.FileBytes > half.FileBytes && half.FileBytes > int8.FileBytes);
        Assert.AreEqual((double)int8.FileBytes / exact.FileBytes, int8.FileRatio);
        Assert.IsTrue(0 < half.LargestDifference && half.LargestDifference < int8.LargestDifference);
        Assert.IsTrue(0 < int8.RootMeanSquareDifference && int8.RootMeanSquareDifference <= int8.LargestDifference);
        foreach (var result in report.Results)
            Assert.IsTrue(result.MicrosecondsPerCall > 0 && result.RowsPerSecond > 0 && result.CallSpeedup > 0 && result.BatchSpeedup > 0);
        Assert.AreEqual(exact.MicrosecondsPerCall / int8.MicrosecondsPerCall, int8.CallSpeedup, 1e-9);
    }

    [TestMethod]
    public void Its_errors_are_ML_NETs()
    {
        var (chain, rows) = ReducedModels.Of("lstm-small");
        var metrics = Ml.Regression.Evaluate(chain.Transform(rows));

        var exact = Ml.Model.CompareOnnxPrecisions(chain, rows).Of(OnnxPrecision.Float32);

        Assert.AreEqual(metrics.RootMeanSquaredError, exact.RootMeanSquaredError!.Value, 1e-6);
        Assert.AreEqual(metrics.MeanAbsoluteError, exact.MeanAbsoluteError!.Value, 1e-6);
        Assert.AreEqual((0, 0), (exact.RootMeanSquaredErrorChange, exact.MeanAbsoluteErrorChange));
    }

    [TestMethod]
    public void Errors_of_forecasts_are_over_all_labelled_steps()
    {
        var (chain, rows) = ReducedModels.Of("gru");
        var metrics = Ml.Forecasting.Evaluate(chain.Transform(rows));

        var report = Ml.Model.CompareOnnxPrecisions(chain, rows);

        Assert.AreEqual((145, 145 * 3 - 6), (report.Rows, report.LabelledValues)); // the last three windows lack 1, 2 and 3 labels
        var (exact, int8) = (report.Of(OnnxPrecision.Float32), report.Of(OnnxPrecision.Int8));
        Assert.AreEqual(metrics.RootMeanSquaredError, exact.RootMeanSquaredError!.Value, 1e-6);
        Assert.AreEqual(metrics.MeanAbsoluteError, exact.MeanAbsoluteError!.Value, 1e-6);
        Assert.AreEqual(int8.RootMeanSquaredError - exact.RootMeanSquaredError, int8.RootMeanSquaredErrorChange);
        Assert.AreNotEqual(0, int8.MeanAbsoluteErrorChange);
    }

    [TestMethod]
    public void It_is_a_table()
    {
        var (chain, rows) = ReducedModels.Of("lstm-small");

        string[] lines = Ml.Model.CompareOnnxPrecisions(chain, rows).ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        Assert.HasCount(5, lines);
        foreach (string column in new[] { "precision", "file KB", "ratio", "µs/call", "rows/s", "speedup", "RMSE", "MAE", "change" })
            Assert.Contains(column, lines[0]);
        Assert.StartsWith("Float32", lines[1]);
        Assert.StartsWith("Int8", lines[3]);
        Assert.AreEqual("145 sequences, 144 labels", lines[4]);
        Assert.HasCount(1, lines[..4].Select(l => l.Length).Distinct(), "columns stand below each other");
    }

    [TestMethod]
    public void Data_without_labels_gives_no_errors()
    {
        var (chain, rows) = ReducedModels.Of("lstm-small");
        var windows = ((IEnumerable<ITransformer>)chain).First().Transform(rows);
        var unlabelled = Ml.Transforms.SelectColumns("Window").Fit(windows).Transform(windows);

        var report = Ml.Model.CompareOnnxPrecisions(chain.LastTransformer, unlabelled);

        Assert.AreEqual(0, report.LabelledValues);
        Assert.IsNull(report.Of(OnnxPrecision.Int8).RootMeanSquaredError);
        Assert.IsNull(report.Of(OnnxPrecision.Int8).MeanAbsoluteErrorChange);
        Assert.DoesNotContain("RMSE", report.ToString());
    }

    [TestMethod]
    public void A_missing_value_is_no_difference()
    {
        var (chain, _) = ReducedModels.Of("lstm");
        var gap = Ml.Data.LoadFromEnumerable(TinyModel.Rows(40).Select((row, i) =>
        {
            row.Value = i == 20 ? float.NaN : row.Value;
            return row;
        }));

        var int8 = Ml.Model.CompareOnnxPrecisions(chain, gap).Of(OnnxPrecision.Int8);

        Assert.IsTrue(double.IsFinite(int8.LargestDifference) && double.IsFinite(int8.RootMeanSquaredError!.Value));
    }

    [TestMethod]
    public void What_cannot_be_compared_is_said()
    {
        var (chain, rows) = ReducedModels.Of("lstm-small");

        Fails.With<InvalidOperationException>(() => Ml.Model.CompareOnnxPrecisions(chain, Ml.Data.TakeRows(rows, 3)), "no sequence", "window length");
        Fails.With<ArgumentException>(() => Ml.Model.CompareOnnxPrecisions(((IEnumerable<ITransformer>)chain).First(), rows), "0 sequence models");
        Fails.With<ArgumentException>(() => Ml.Model.CompareOnnxPrecisions(chain.LastTransformer, rows), "'Window'");
    }
}
