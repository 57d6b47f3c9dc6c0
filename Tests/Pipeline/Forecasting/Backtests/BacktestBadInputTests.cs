using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Options and data that no backtest can be made of.</summary>
[TestClass]
public class BacktestBadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    private IDataView View(params IEnumerable<CountedRow>[] series) => CountedSeries.View(_ml, series);

    private void Fails<TException>(IDataView data, BacktestOptions options, params string[] parts)
        where TException : Exception
        => Tests.Fails.With<TException>(() => _ml.Forecasting.Backtest(data, CountedSeries.Pipeline(_ml), options), parts);

    [TestMethod]
    public void All_that_is_wrong_with_options_is_said_before_rows_are_read()
    {
        var wrong = new BacktestOptions
        {
            Folds = 0,
            Step = 0,
            Horizon = 0,
            SeasonLength = 0,
            MaxParallelFits = 0,
            ConfidenceLevel = 1,
            MovingAverageLength = -1,
            ModelName = "Theta",
            Baselines = (BacktestBaselines)64,
            GroupColumnName = "Shop",
            TimeColumnName = "Series",
            ValueColumnName = "Series",
        };
        Fails<ArgumentException>(View([]), wrong, "Backtest, 12 problems", "Folds is 0", "Step is 0", "Horizon is 0", "SeasonLength is 0",
            "MaxParallelFits is 0", "ConfidenceLevel is 1", "MovingAverageLength is -1", "ModelName is 'Theta'", "Baselines is",
            "GroupColumnName is 'Shop'", "Time column 'Series' is String", "Value column 'Series' is String");
        Fails<ArgumentException>(View([]), new() { Horizon = 4 }, "Horizon is 4, more than the 3 steps");
        Tests.Fails.With<ArgumentException>(() => _ml.Forecasting.Backtest(View([]), new SpyEstimator(_ml)), "2 problems", "Horizon is not given",
            "ValueColumnName is not given");
        var several = CountedSeries.Options with { InputColumns = ["Value", "Known"], TargetColumns = ["Value", "Known"] };
        Tests.Fails.With<ArgumentException>(() => _ml.Forecasting.Backtest(View([]), CountedSeries.Pipeline(_ml, several)), "forecasts 2 targets");
        var renamed = _ml.Transforms.CopyColumns("Fold", "Series").Fit(View([])).Transform(View([]));
        Fails<ArgumentException>(renamed, new() { GroupColumnName = "Fold" }, "Column 'Fold' has the name of a column of the result");
    }

    [TestMethod]
    public void Data_without_rows_or_with_series_that_are_too_short_says_so()
    {
        Fails<InvalidOperationException>(View([]), new(), "the data has no rows");
        Fails<InvalidOperationException>(View(CountedSeries.Rows("A", 3, 0), CountedSeries.Rows("B", 1, 0)), new(),
            "no series is longer than the horizon, 3 rows: series 'A' has 3, series 'B' has 1");
        Fails<InvalidOperationException>(View(CountedSeries.Rows("A", 15, 0)), new(), "5 folds, 3 rows apart, of a horizon of 3 need a series of 16 "
            + "rows; the longest has 15, enough for 4 folds");
        Fails<InvalidOperationException>(View(CountedSeries.Rows("A", 6, 0)), new() { Folds = 1 }, "no series of fold 1 of 1 can be forecast: it has "
            + "3 rows, fewer than a window, 4");
    }

    [TestMethod]
    public void Rows_that_are_not_in_order_of_time_are_named()
    {
        CountedRow[] rows = [.. CountedSeries.Rows("A", 20, 0)];
        rows[7].Time = rows[6].Time;
        Fails<InvalidOperationException>(View(rows), new() { Folds = 2 }, "Backtest: row 8, series 'A'", "twice: a duplicate");
        rows[7].Time = rows[2].Time;
        Fails<InvalidOperationException>(View(rows), new() { Folds = 2 }, "Backtest: row 8, series 'A'", "Sort the data by 'Time'");
        Fails<InvalidOperationException>(_ml.Data.ShuffleRows(View(rows)), new(), "random order");
        rows[7].Value = float.PositiveInfinity;
        rows[7].Time = rows[6].Time.AddHours(1);
        Fails<InvalidOperationException>(View(rows), new() { Folds = 2 }, "row 8, series 'A': 'Value' is");
    }

    [TestMethod]
    public void Series_whose_last_values_are_missing_are_left_out_of_their_folds()
    {
        CountedRow[] rows = [.. CountedSeries.Rows("A", 20, 0), .. CountedSeries.Rows("B", 20, 0)];
        rows[16].Value = float.NaN; // the last value of fold 2, of 17 rows
        var result = _ml.Forecasting.Backtest(View(rows), CountedSeries.Pipeline(_ml), new() { Folds = 2 });

        var left = result.LeftOut.Single();
        Assert.AreEqual(("A", 2), (left.Series, left.Fold));
        Assert.Contains("its forecast is NaN", left.Reason);
        Assert.AreSequenceEqual([2, 1], result.Folds.Select(fold => fold.Series));
    }

    [TestMethod]
    public void A_group_of_the_windows_that_joins_series_is_found()
    {
        var data = View(CountedSeries.Rows("A", 20, 0), CountedSeries.Rows("B", 20, 0, CountedSeries.Start.AddDays(20)));
        var pipeline = CountedSeries.Pipeline(_ml, CountedSeries.Options with { GroupColumn = null, TimeColumn = null });

        Tests.Fails.With<InvalidOperationException>(() => _ml.Forecasting.Backtest(data, pipeline, new() { Folds = 1, GroupColumnName = "Series" }),
            "fold 1 has 2 series by 'Series' and 1 in the pipeline's windows");
    }

    [TestMethod]
    public void A_failing_fit_says_what_it_says()
    {
        var data = View(CountedSeries.Rows("A", 20, 0));
        foreach (var parallel in new[] { 1, 2 })
            Tests.Fails.With<InvalidOperationException>(() => _ml.Forecasting.Backtest(data, new Failing(_ml).Append(CountedSeries.Pipeline(_ml)), new()
            {
                Folds = 2,
                MaxParallelFits = parallel,
            }), "out of luck");
    }

    private sealed class Failing(MLContext ml) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input) => throw new InvalidOperationException("out of luck");

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => new SpyEstimator(ml).GetOutputSchema(inputSchema);
    }
}
