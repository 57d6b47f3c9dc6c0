using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Composition;

[TestClass]
public sealed class CrossValidationTests
{
    private readonly MLContext _ml = new(seed: 1);

    private RecurrentEstimator Trainer => _ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny);

    private SlidingWindowEstimator Windowing => _ml.Transforms.SlidingWindow("Window", ["Close", "Volume"], 5, groupColumnName: "Share");

    [TestMethod]
    public void A_trainer_is_cross_validated_on_windows()
    {
        var windows = Windows();

        var folds = _ml.Regression.CrossValidate(windows, Trainer, numberOfFolds: 3);

        CheckFolds(folds, windows, "Score");
        foreach (var fold in folds)
            Assert.HasCount(2, ((SequenceTransformer)fold.Model).History);
    }

    [TestMethod]
    public void A_trainer_with_steps_around_it_is_cross_validated_on_windows()
    {
        var windows = Windows();
        var chain = new EstimatorChain<ITransformer>().Append(_ml.Transforms.CopyColumns("Series", "Window")).AppendCacheCheckpoint(_ml)
            .Append(_ml.Regression.Trainers.Gru("Label", "Series", Networks.Tiny))
            .Append(_ml.Transforms.CopyColumns("Prediction", "Score"));

        var folds = _ml.Regression.CrossValidate(windows, chain, numberOfFolds: 3, seed: 7);

        CheckFolds(folds, windows, "Prediction");
    }

    [TestMethod]
    public void Folds_by_a_group_of_windows_leave_out_whole_series()
    {
        var windows = Windows();

        var folds = _ml.Regression.CrossValidate(windows, Trainer, numberOfFolds: 2, samplingKeyColumnName: "Share");

        string[][] shares = [.. folds.Select(f => f.ScoredHoldOutSet.GetColumn<string>("Share").Distinct().ToArray())];
        Assert.AreSequenceEqual(["share 0", "share 1", "share 2"], shares.SelectMany(s => s).Order());
        Assert.IsTrue(shares.All(s => s.Length > 0));
    }

    [TestMethod]
    [DataRow(null, null, false)]
    [DataRow(5, null, false)]
    [DataRow(null, "Date", false)]
    [DataRow(5, "Day", false)]
    [DataRow(null, null, true)]
    public void A_chain_that_windows_is_not_cross_validated_over_rows(int? seed, string? samplingKey, bool cached)
    {
        var normalize = new EstimatorChain<ITransformer>().Append(_ml.Transforms.NormalizeMeanVariance("Close"));
        var chain = (cached ? normalize.AppendCacheCheckpoint(_ml) : normalize).Append(Windowing).Append(Trainer);

        Fails.With<InvalidOperationException>(
            () => _ml.Regression.CrossValidate(Trade.View(_ml), chain, 3, samplingKeyColumnName: samplingKey, seed: seed),
            "before the windowing", "Window all rows first");
    }

    [TestMethod]
    public void A_chain_that_windows_by_group_is_cross_validated_over_whole_groups()
    {
        var folds = _ml.Regression.CrossValidate(Trade.View(_ml), Windowing.Append(Trainer), 2, samplingKeyColumnName: "Share");

        // Every window that there is, and no other: 36 per share.
        Assert.AreSequenceEqual(ViewText.Rows(Windows(), "Window", "Label").Order(),
            folds.SelectMany(f => ViewText.Rows(f.ScoredHoldOutSet, "Window", "Label")).Order());
    }

    private IDataView Windows()
    {
        var series = Trade.View(_ml);
        return Windowing.Fit(series).Transform(series);
    }

    // Every window is held out once; the metrics are those of the fold's model on its held-out rows.
    private void CheckFolds(
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<RegressionMetrics>> folds, IDataView windows, string scoreColumn)
    {
        Assert.HasCount(3, folds);
        Assert.AreSequenceEqual(ViewText.Rows(windows).Order(),
            folds.SelectMany(f => ViewText.Rows(f.ScoredHoldOutSet, [.. windows.Schema.Select(c => c.Name)])).Order());
        foreach (var fold in folds)
        {
            var again = _ml.Regression.Evaluate(fold.Model.Transform(fold.ScoredHoldOutSet), scoreColumnName: scoreColumn);
            Assert.AreEqual(again.RootMeanSquaredError, fold.Metrics.RootMeanSquaredError, 1e-12);
            Assert.IsGreaterThan(0, fold.Metrics.RootMeanSquaredError);
        }
        Assert.AreEqual(3, folds.Select(f => f.Metrics.RootMeanSquaredError).Distinct().Count(), "each fold has a model of its own");
    }
}
