using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Nothing after an origin is seen before it is forecast.</summary>
[TestClass]
public class BacktestLeakTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static SlidingWindowOptions Interleaved { get; } = CountedSeries.Options with { Groups = SeriesGroups.Interleaved };

    // Values are random: what is not known cannot be told. Rows of the series take turns.
    private CountedRow[] RandomRows(int seed)
    {
        var random = new Random(seed);
        var rows = CountedSeries.Rows("A", 40, 0).Concat(CountedSeries.Rows("B", 25, 100)).OrderBy(row => row.Time).ToArray();
        foreach (var row in rows)
            row.Value = random.NextSingle();
        return rows;
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Fit_sees_the_rows_up_to_the_origin_and_no_other(int parallel)
    {
        var rows = CountedSeries.Rows("A", 40, 0).Concat(CountedSeries.Rows("B", 25, 100)).OrderBy(row => row.Time).ToArray(); // value: index
        var spy = new SpyEstimator(_ml);
        _ml.Forecasting.Backtest(_ml.Data.LoadFromEnumerable(rows), spy.Append(CountedSeries.Pipeline(_ml, Interleaved)), new()
        {
            Folds = 3,
            Step = 2,
            MaxParallelFits = parallel,
        });

        Assert.HasCount(3, spy.Seen);
        foreach (var (fold, seen) in spy.Seen.OrderBy(seen => seen.Count).Index())
        {
            var (a, b) = (40 - 3 - (2 * (2 - fold)), 25 - 3 - (2 * (2 - fold)));
            var expected = Enumerable.Range(0, a).Select(i => ("A", (float)i)).Concat(Enumerable.Range(0, b).Select(i => ("B", 100f + i)));
            Assert.AreSequenceEqual(expected, seen.Distinct().Order(), $"fold {fold + 1}");
        }
    }

    [TestMethod]
    public void A_model_that_knows_its_rows_by_heart_is_no_better_than_the_naive_forecast()
    {
        var rows = _ml.Data.LoadFromEnumerable(RandomRows(1));
        var pipeline = _ml.Transforms.SlidingWindow(Interleaved).Append(new MemorisingEstimator(_ml));
        var result = _ml.Forecasting.Backtest(rows, pipeline, new() { Folds = 4, Step = 1, Baselines = BacktestBaselines.Naive });

        Assert.IsGreaterThan(0.1, result.Metrics.MeanAbsoluteError);
        Assert.AreSequenceEqual(ViewText.Rows(result.ForecastsOf("Naive"), "Forecast"), ViewText.Rows(result.Forecasts, "Forecast"));
        Assert.AreEqual(result.Baselines["Naive"].MeanAbsoluteError, result.Metrics.MeanAbsoluteError);

        // The same model fitted on all rows makes no error: it would have used what leaked.
        var leaked = _ml.Transforms.SlidingWindow(Interleaved).Append(new FittedBefore(_ml, ((TransformerChain<ITransformer>)pipeline.Fit(rows)).Last()));
        Assert.AreEqual(0, _ml.Forecasting.Backtest(rows, leaked, new() { Folds = 4, Step = 1 }).Metrics.MeanAbsoluteError);
    }

    [TestMethod]
    public void What_comes_after_the_last_origin_changes_no_forecast()
    {
        CountedRow[] rows = RandomRows(1), changed = RandomRows(1);
        foreach (var row in changed.GroupBy(row => row.Series).SelectMany(series => series.TakeLast(3)))
            row.Value += 1000;
        var pipeline = _ml.Transforms.SlidingWindow(Interleaved).Append(_ml.Forecasting.ForecastByRecurrent(options: Networks.Tiny));
        IDataView Forecasts(CountedRow[] data) => _ml.Forecasting.Backtest(_ml.Data.LoadFromEnumerable(data), pipeline, new() { Folds = 2 }).Forecasts;

        Assert.AreSequenceEqual(ViewText.Rows(Forecasts(rows), "Forecast"), ViewText.Rows(Forecasts(changed), "Forecast"));
        Assert.AreNotEqual(ViewText.Rows(Forecasts(rows), "Actual")[^1], ViewText.Rows(Forecasts(changed), "Actual")[^1]);
    }

    [TestMethod]
    public void What_is_forecast_cannot_be_known_ahead()
    {
        var rows = _ml.Data.LoadFromEnumerable(RandomRows(1));
        var leaking = _ml.Transforms.CopyColumns("Peek", "Value")
            .Append(_ml.Transforms.SlidingWindow(Interleaved with { FutureColumns = ["Peek"] })).Append(CountedSeries.Knowing(_ml));

        Fails.With<ArgumentException>(() => _ml.Forecasting.Backtest(rows, leaking), "known ahead, Peek, are made from 'Value'");
    }

    [TestMethod]
    public void Only_what_is_known_ahead_reaches_the_forecast()
    {
        var rows = CountedSeries.Rows("A", 40, 0).Concat(CountedSeries.Rows("B", 25, 100)).OrderBy(row => row.Time).ToArray();
        var pipeline = _ml.Transforms.SlidingWindow(Interleaved with { FutureColumns = ["Known"] }).Append(CountedSeries.Knowing(_ml));
        var result = _ml.Forecasting.Backtest(_ml.Data.LoadFromEnumerable(rows), pipeline, new() { Folds = 2 });

        float[] actual = [.. result.Forecasts.GetColumn<float>("Actual")], forecast = [.. result.Forecasts.GetColumn<float>("Forecast")];
        Assert.AreSequenceEqual(actual.Select(value => 1000 * value), forecast);
        Assert.HasCount(12, actual);
    }
}
