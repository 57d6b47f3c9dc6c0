using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Rolling origins: which rows are forecast from which, how good that is, and who wins.</summary>
[TestClass]
public class BacktestTests
{
    private readonly MLContext _ml = new(seed: 1);

    private IDataView Counted => CountedSeries.View(_ml, CountedSeries.Rows("A", 12, 0), CountedSeries.Rows("B", 9, 100));

    private static CountedRow[] Seasonal(int seed, string series, int count)
    {
        var random = new Random(seed);
        var rows = CountedSeries.Rows(series, count, 0).ToArray();
        foreach (var (i, row) in rows.Index())
            row.Value = (float)(100 + (30 * Math.Sin(2 * Math.PI * i / 7)) + (0.2 * i) + (3 * random.NextDouble()));
        return rows;
    }

    [TestMethod]
    public void Origins_are_counted_from_the_end_of_each_series_and_roll_on()
    {
        var result = _ml.Forecasting.Backtest(Counted, CountedSeries.Pipeline(_ml), new() { Folds = 2, Step = 2 });

        Assert.AreEqual("Fold, Series, OriginRow, Origin, Time, Step, Actual, Forecast, LowerBound, UpperBound",
            string.Join(", ", result.Forecasts.Schema.Select(c => c.Name)));
        Assert.AreSequenceEqual(
        [
            "1 | A | 7 | 1 | 7 | 7", "1 | A | 7 | 2 | 8 | 8", "1 | A | 7 | 3 | 9 | 9",
            "1 | B | 4 | 1 | 104 | 104", "1 | B | 4 | 2 | 105 | 105", "1 | B | 4 | 3 | 106 | 106",
            "2 | A | 9 | 1 | 9 | 9", "2 | A | 9 | 2 | 10 | 10", "2 | A | 9 | 3 | 11 | 11",
            "2 | B | 6 | 1 | 106 | 106", "2 | B | 6 | 2 | 107 | 107", "2 | B | 6 | 3 | 108 | 108",
        ], ViewText.Rows(result.Forecasts, "Fold", "Series", "OriginRow", "Step", "Actual", "Forecast"));
        Assert.AreEqual("01/07/2024 00:00:00 | 01/08/2024 00:00:00", ViewText.Rows(result.Forecasts, "Origin", "Time")[0]);
        Assert.AreEqual("01/06/2024 00:00:00 | 01/09/2024 00:00:00", ViewText.Rows(result.Forecasts, "Origin", "Time")[^1]);
        Assert.AreEqual(0, result.Metrics.MeanAbsoluteError);
        Assert.AreEqual(1, result.Metrics.Coverage);
        Assert.AreEqual((2, 11, 15), (result.Folds.Length, result.Folds[0].TrainingRows, result.Folds[1].TrainingRows));
        Assert.AreEqual(("Model", 2), (result.Best, result.Folds[0].Series));
        Assert.IsEmpty(result.LeftOut);
    }

    [TestMethod]
    public void The_step_is_the_horizon_and_there_are_five_folds_by_default()
    {
        var data = CountedSeries.View(_ml, CountedSeries.Rows("A", 30, 0));
        var result = _ml.Forecasting.Backtest(data, CountedSeries.Pipeline(_ml));

        Assert.AreSequenceEqual([15L, 18, 21, 24, 27], result.Folds.Select(fold => fold.TrainingRows));
        Assert.AreSequenceEqual(Enumerable.Range(15, 15).Select(i => (float)i), result.Forecasts.GetColumn<float>("Actual"));
        Assert.AreEqual("Drift, MovingAverage, Naive, Theta", string.Join(", ", result.Baselines.Keys.Order()));
    }

    [TestMethod]
    public void Metrics_are_those_of_evaluate_on_the_rows_of_the_last_origin()
    {
        var data = _ml.Data.LoadFromEnumerable(Seasonal(1, "A", 80).Concat(Seasonal(2, "B", 70)).ToArray());
        var result = _ml.Forecasting.Backtest(data, CountedSeries.Pipeline(_ml), new() { Folds = 2, SeasonLength = 7, ConfidenceLevel = 0.9 });

        var model = CountedSeries.Pipeline(_ml).Fit(data);
        foreach (var (fold, cut) in new[] { (0, 6), (1, 3) })
        {
            var rows = Seasonal(1, "A", 80)[..^cut].Concat(Seasonal(2, "B", 70)[..^cut]).ToArray();
            var scored = model.Transform(_ml.Data.LoadFromEnumerable(Seasonal(1, "A", 80)[..^(cut - 3)].Concat(Seasonal(2, "B", 70)[..^(cut - 3)]).ToArray()));
            var last = _ml.Data.FilterByCustomPredicate<TimedRow>(scored, row => row.Time != rows.Last(r => r.Series == row.Series).Time);
            var expected = _ml.Forecasting.Evaluate(last, new ForecastEvaluationOptions
            {
                LowerBoundColumnName = "LowerBound",
                UpperBoundColumnName = "UpperBound",
                ConfidenceLevel = 0.9,
                GroupColumnName = "Series",
                SeasonLength = 7,
                History = _ml.Data.LoadFromEnumerable(rows),
                HistoryValueColumnName = "Value",
            });
            var actual = result.Folds[fold].Metrics;
            Assert.AreEqual(expected.MeanAbsoluteScaledError!.Value, actual.MeanAbsoluteScaledError!.Value, 1e-12);
            Assert.AreEqual(expected.OverallWeightedAverage!.Value, actual.OverallWeightedAverage!.Value, 1e-12);
            Assert.AreEqual(expected.MeanScaledIntervalScore!.Value, actual.MeanScaledIntervalScore!.Value, 1e-12);
            Assert.AreEqual(expected.RootMeanSquaredError, actual.RootMeanSquaredError, 1e-12);
            Assert.AreEqual(expected.PerSeries["B"].MeanAbsoluteError, actual.PerSeries["B"].MeanAbsoluteError);
        }
        Assert.AreEqual(4, result.Metrics.LabelledRows);
        Assert.AreEqual(result.Folds.Average(fold => fold.Metrics.MeanAbsoluteError), result.Metrics.MeanAbsoluteError, 1e-12);
    }

    private sealed class TimedRow
    {
        public string Series { get; set; } = "";
        public DateTime Time { get; set; }
    }

    [TestMethod]
    [DataRow("Naive")]
    [DataRow("SeasonalNaive")]
    [DataRow("Drift")]
    [DataRow("MovingAverage")]
    [DataRow("Theta")]
    [DataRow("Naive2")]
    public void A_baseline_as_the_pipeline_is_as_good_as_itself(string baseline)
    {
        var data = _ml.Data.LoadFromEnumerable(Seasonal(1, "A", 80).Concat(Seasonal(2, "B", 70)).ToArray());
        var options = new BaselineOptions
        {
            SeasonLength = 7,
            ConfidenceLowerBoundColumn = "LowerBound",
            ConfidenceUpperBoundColumn = "UpperBound",
            Quantiles = [0.1, 0.5, 0.9],
        };
        var catalog = _ml.Forecasting;
        IEstimator<ITransformer> method = baseline switch
        {
            "Naive" => catalog.ForecastByNaive(options: options),
            "SeasonalNaive" => catalog.ForecastBySeasonalNaive(options: options),
            "Drift" => catalog.ForecastByDrift(options: options),
            "MovingAverage" => catalog.ForecastByMovingAverage(options: options),
            "Theta" => catalog.ForecastByTheta(options: options),
            _ => catalog.ForecastByNaive2(options: options),
        };
        var window = CountedSeries.Options with { WindowLength = 100, Padding = WindowPadding.Start };
        var result = catalog.Backtest(data, _ml.Transforms.SlidingWindow(window).Append(method), new()
        {
            Folds = 3,
            SeasonLength = 7,
            Baselines = BacktestBaselines.All,
        });

        Assert.AreSequenceEqual(ViewText.Rows(result.ForecastsOf(baseline)), ViewText.Rows(result.Forecasts));
        var own = result.Baselines[baseline];
        Assert.AreEqual((own.MeanAbsoluteScaledError, own.Coverage, own.OverallWeightedAverage, own.MeanScaledIntervalScore),
            (result.Metrics.MeanAbsoluteScaledError, result.Metrics.Coverage, result.Metrics.OverallWeightedAverage, result.Metrics.MeanScaledIntervalScore));
        Assert.IsNotNull(result.Metrics.WeightedQuantileLoss);
        Assert.AreEqual(own.WeightedQuantileLoss, result.Metrics.WeightedQuantileLoss);
        Assert.HasCount(6, result.Baselines);
    }

    [TestMethod]
    public void A_trained_network_beats_the_baselines_that_know_no_season()
    {
        var data = _ml.Data.LoadFromEnumerable(Seasonal(1, "A", 300).Concat(Seasonal(2, "B", 300)).ToArray());
        var pipeline = _ml.Transforms.SlidingWindow(CountedSeries.Options with { WindowLength = 14 })
            .Append(_ml.Forecasting.ForecastByRecurrent(options: new()
            {
                HiddenSizes = [16],
                DenseSizes = [],
                Dropout = 0,
                Training = new() { Epochs = 25, LearningRate = 0.02, Seed = 1, Threads = 1 },
            }));
        var result = _ml.Forecasting.Backtest(data, pipeline, new() { Folds = 2, Baselines = BacktestBaselines.Naive | BacktestBaselines.Drift });

        Assert.AreEqual("Model", result.Best);
        Assert.IsLessThan(0.5 * result.Baselines["Naive"].MeanAbsoluteError, result.Metrics.MeanAbsoluteError);
        var again = _ml.Forecasting.Backtest(data, pipeline, new() { Folds = 2, MaxParallelFits = 2 });
        Assert.AreSequenceEqual(ViewText.Rows(result.Forecasts), ViewText.Rows(again.Forecasts), "folds at a time give other forecasts");
    }

    [TestMethod]
    public void Without_refit_the_model_of_the_first_origin_forecasts_from_all()
    {
        var data = _ml.Data.LoadFromEnumerable(Seasonal(1, "A", 60));
        var spy = new SpyEstimator(_ml);
        var pipeline = spy.Append(_ml.Transforms.SlidingWindow(CountedSeries.Options)).Append(_ml.Forecasting.ForecastByRecurrent(options: Networks.Tiny));
        var result = _ml.Forecasting.Backtest(data, pipeline, new() { Folds = 3, Refit = false });

        Assert.HasCount(1, spy.Seen);
        Assert.AreEqual(60 - 9, spy.Seen[0].Distinct().Count());
        Assert.AreSequenceEqual([51L, 51, 51], result.Folds.Select(fold => fold.TrainingRows));
        Assert.IsTrue(result.Folds[0].FitTime > TimeSpan.Zero && result.Folds[2].FitTime == TimeSpan.Zero);
        var model = pipeline.Fit(_ml.Data.LoadFromEnumerable(Seasonal(1, "A", 60)[..51]));
        float[] expected = [.. model.Forecast(_ml.Data.LoadFromEnumerable(Seasonal(1, "A", 60)[..57])).GetColumn<float>("Forecast")];
        Assert.AreSequenceEqual(expected, result.Forecasts.GetColumn<float>("Forecast").TakeLast(3));
    }

    [TestMethod]
    public void Short_series_are_left_out_and_named()
    {
        var data = CountedSeries.View(_ml, CountedSeries.Rows("A", 12, 0), CountedSeries.Rows("B", 3, 100), CountedSeries.Rows("C", 5, 200),
            CountedSeries.Rows("D", 8, 300));
        var result = _ml.Forecasting.Backtest(data, CountedSeries.Pipeline(_ml), new() { Folds = 2 });

        Assert.AreSequenceEqual(
        [
            new BacktestLeftOut("B", null, "it has 3 rows, fewer than the horizon + 1, 4"),
            new BacktestLeftOut("C", 1, "its 5 rows do not reach up to this origin"),
        ], result.LeftOut[..2]);
        Assert.AreEqual(("D", 1), (result.LeftOut[2].Series, result.LeftOut[2].Fold));
        Assert.Contains("it has 2 rows, fewer than a window, 4", result.LeftOut[2].Reason);
        Assert.AreEqual(("C", 2), (result.LeftOut[3].Series, result.LeftOut[3].Fold));
        Assert.AreSequenceEqual(["1 | A", "2 | A", "2 | D"], ViewText.Rows(result.Forecasts, "Fold", "Series").Distinct());
        Assert.Contains("left out: B of all folds; C, D of some folds", result.ToString());
        var padded = CountedSeries.Pipeline(_ml, CountedSeries.Options with { Padding = WindowPadding.Start });
        Assert.HasCount(2, _ml.Forecasting.Backtest(data, padded, new() { Folds = 2 }).LeftOut);
    }

    [TestMethod]
    public void Groups_may_be_keys_that_the_pipeline_makes()
    {
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Key", "Series")
            .Append(CountedSeries.Pipeline(_ml, CountedSeries.Options with { GroupColumn = "Key" }));
        Fails.With<ArgumentException>(() => _ml.Forecasting.Backtest(Counted, pipeline, new() { Folds = 1 }), "GroupColumnName is 'Key', which is "
            + "not in the data", "name the raw one");

        var result = _ml.Forecasting.Backtest(Counted, pipeline, new() { Folds = 1, GroupColumnName = "Series" });
        Assert.AreEqual(0, result.Metrics.MeanAbsoluteError);
        Assert.AreSequenceEqual(["A", "B"], result.Metrics.PerSeries.Keys);
    }

    [TestMethod]
    public void A_shorter_horizon_than_the_models_takes_its_first_steps()
    {
        var result = _ml.Forecasting.Backtest(Counted, CountedSeries.Pipeline(_ml), new() { Folds = 2, Horizon = 1 });

        Assert.AreSequenceEqual(["1 | A | 10 | 10", "1 | B | 107 | 107", "2 | A | 11 | 11", "2 | B | 108 | 108"],
            ViewText.Rows(result.Forecasts, "Fold", "Series", "Actual", "Forecast"));
    }

    [TestMethod]
    public void Missing_values_after_an_origin_are_not_scored()
    {
        CountedRow[] rows = [.. CountedSeries.Rows("A", 12, 0)];
        rows[10].Value = float.NaN;
        var result = _ml.Forecasting.Backtest(_ml.Data.LoadFromEnumerable(rows), CountedSeries.Pipeline(_ml), new() { Folds = 1 });

        Assert.AreSequenceEqual(["9 | 9", "NaN | 10", "11 | 11"], ViewText.Rows(result.Forecasts, "Actual", "Forecast"));
        Assert.AreEqual(2, result.Metrics.PerSeries["A"].LabelledValues);
    }

    [TestMethod]
    public void The_text_tells_who_wins_and_how_each_fold_went()
    {
        var text = _ml.Forecasting.Backtest(_ml.Data.LoadFromEnumerable(Seasonal(1, "A", 60)), CountedSeries.Pipeline(_ml), new()
        {
            Folds = 2,
            SeasonLength = 7,
            ModelName = "Counting",
        }).ToString();
        var lines = text.Split(Environment.NewLine);

        Assert.MatchesRegex(@"^\s+MASE\s+sMAPE\s+OWA\s+MAE\s+RMSE\s+MSIS\s+coverage$", lines[0]);
        Assert.AreSequenceEqual(["Counting", "Drift", "MovingAverage", "Naive", "SeasonalNaive", "Theta"],
            lines[1..7].Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
        double[] mase = [.. lines[1..7].Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture))];
        Assert.AreSequenceEqual(mase.Order(), mase, "the best comes first");
        Assert.AreEqual("MASE by fold, 3 steps ahead", lines[8]);
        Assert.MatchesRegex(@"^fold\s+training rows\s+series\s+seconds\s+Counting\s+\w+$", lines[9]);
        Assert.MatchesRegex(@"^2\s+57\s+1\s+", lines[11]);
    }

    [TestMethod]
    public void Progress_is_told_and_a_cancelled_run_ends()
    {
        using var source = new CancellationTokenSource();
        var told = new List<BacktestProgress>();
        var options = new BacktestOptions { Folds = 2, Progress = new Told(told), CancellationToken = source.Token };
        _ml.Forecasting.Backtest(Counted, CountedSeries.Pipeline(_ml), options);

        Assert.AreSequenceEqual([(1, 2, false), (1, 2, true), (2, 2, false), (2, 2, true)], told.Select(p => (p.Fold, p.Folds, p.IsDone)));
        var cancelling = options with { Progress = new Told(told, source.Cancel) };
        Assert.Throws<OperationCanceledException>(() => _ml.Forecasting.Backtest(Counted, CountedSeries.Pipeline(_ml), cancelling));
        Assert.HasCount(5, told);
    }

    private sealed class Told(List<BacktestProgress> told, Action? then = null) : IProgress<BacktestProgress>
    {
        public void Report(BacktestProgress value)
        {
            told.Add(value);
            then?.Invoke();
        }
    }
}
