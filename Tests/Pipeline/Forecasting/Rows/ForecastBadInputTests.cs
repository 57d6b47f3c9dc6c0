using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Histories and models that cannot be forecast from.</summary>
[TestClass]
public class ForecastBadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static readonly SlidingWindowOptions Plain = CountedSeries.Options with { TimeColumn = null };

    private IDataView View(params IEnumerable<CountedRow>[] series) => CountedSeries.View(_ml, series);

    private IDataView Forecast(IDataView history, SlidingWindowOptions? options = null, ForecastRowsOptions? rows = null)
        => CountedSeries.Pipeline(_ml, options).Fit(history).Forecast(history, rows);

    [TestMethod]
    public void An_empty_history_says_so()
        => Fails.With<InvalidOperationException>(() => Forecast(View([])), "the history has no rows");

    [TestMethod]
    public void Series_shorter_than_a_window_are_named_or_left_out_or_padded()
    {
        var history = View(CountedSeries.Rows("A", 10, 0), CountedSeries.Rows("B", 1, 100), CountedSeries.Rows("C", 3, 200));

        Fails.With<InvalidOperationException>(() => Forecast(history, Plain), "2 of 3 series cannot be forecast", "series 'B': it has 1 rows, fewer "
            + "than a window, 4", "series 'C': it has 3 rows", "MissingForecastPolicy.LeaveOut");
        Assert.AreSequenceEqual(["A | 10", "A | 11", "A | 12"], ViewText.Rows(Forecast(history, Plain,
            new() { MissingForecasts = MissingForecastPolicy.LeaveOut }), "Series", "Forecast"));
        Assert.AreSequenceEqual(["10", "11", "12", "101", "102", "103", "203", "204", "205"],
            ViewText.Rows(Forecast(history, Plain with { Padding = WindowPadding.Start }), "Forecast"));
    }

    [TestMethod]
    public void Last_values_that_are_missing_are_an_error_unless_they_are_filled()
    {
        CountedRow[] rows = [.. CountedSeries.Rows("A", 10, 0), .. CountedSeries.Rows("B", 6, 100)];
        rows[^1].Value = float.NaN;
        var history = View(rows);

        Fails.With<InvalidOperationException>(() => Forecast(history), "1 of 2 series", "series 'B': its forecast is NaN: check its last values");
        Assert.AreSequenceEqual(["10", "11", "12"], ViewText.Rows(Forecast(history, null, new()
        {
            MissingForecasts = MissingForecastPolicy.LeaveOut,
        }), "Forecast"));
        var filled = CountedSeries.Options with { MissingValues = MissingValuePolicy.ForwardFill };
        Assert.AreSequenceEqual(["105", "106", "107"], ViewText.Rows(Forecast(history, filled), "Forecast")[3..]);
        Fails.With<InvalidOperationException>(() => Forecast(history, CountedSeries.Options with { MissingValues = MissingValuePolicy.Error }),
            "column 'Value', row 16", "MissingValues is Error");
    }

    [TestMethod]
    public void Gaps_and_times_that_are_not_in_order_are_those_of_the_windows()
    {
        CountedRow[] rows = [.. CountedSeries.Rows("A", 10, 0)];
        rows[^1].Time += TimeSpan.FromDays(5);
        Fails.With<InvalidOperationException>(() => Forecast(View(rows)), "row 10, group 'A'", "a gap");
        Fails.With<InvalidOperationException>(() => Forecast(View(rows), CountedSeries.Options with { TimeGaps = TimeGaps.NewSeries }),
            "series 'A': it has fewer rows than a window, 4, after its last gap in time");
        Assert.AreSequenceEqual(["01/16/2024 00:00:00 | 10", "01/17/2024 00:00:00 | 11", "01/18/2024 00:00:00 | 12"], ViewText.Rows(
            Forecast(View(rows), CountedSeries.Options with { TimeGaps = TimeGaps.Ignore }), "Time", "Forecast"));

        (rows[3], rows[4]) = (rows[4], rows[3]);
        Fails.With<InvalidOperationException>(() => Forecast(View(rows)), "row 5, series 'A'", "Sort the data by 'Time'");
        rows[4].Time = rows[3].Time;
        Fails.With<InvalidOperationException>(() => Forecast(View(rows)), "row 5, series 'A'", "twice: a duplicate");
    }

    [TestMethod]
    public void A_group_that_comes_again_is_an_error_of_contiguous_groups()
    {
        var history = View(CountedSeries.Rows("A", 5, 0), CountedSeries.Rows("B", 5, 0), CountedSeries.Rows("A", 5, 5, CountedSeries.Start.AddDays(5)));

        Fails.With<InvalidOperationException>(() => Forecast(history), "row 11, group 'A'", "SeriesGroups.Interleaved");
    }

    [TestMethod]
    public void Shuffled_rows_are_refused()
    {
        var history = View(CountedSeries.Rows("A", 10, 0));
        var model = CountedSeries.Pipeline(_ml).Fit(history);

        Fails.With<InvalidOperationException>(() => model.Forecast(_ml.Data.ShuffleRows(history)), "random order");
    }

    [TestMethod]
    public void Models_without_windows_or_forecasts_are_refused_before_rows_are_read()
    {
        var history = View(CountedSeries.Rows("A", 10, 0));
        var model = CountedSeries.Pipeline(_ml).Fit(history);
        var empty = View([]);
        var copy = _ml.Transforms.CopyColumns("Copy", "Value").Fit(history);

        Fails.With<NotSupportedException>(() => copy.Forecast(empty), "The model has no SlidingWindow step: ColumnCopyingTransformer");
        Fails.With<NotSupportedException>(() => new TransformerChain<ITransformer>(model, model).Forecast(empty), "The model windows 2 times");
        Fails.With<ArgumentException>(() => model.Forecast(empty, new() { ForecastColumnName = "Value" }), "column 'Value' is Single",
            "each of the 3 steps");
        Fails.With<ArgumentException>(() => model.Forecast(empty, new() { ForecastColumnName = "Score", LowerBoundColumnName = "Low" }),
            "2 problems", "ForecastColumnName is 'Score', which the model does not give", "LowerBoundColumnName is 'Low'");
        Fails.With<ArgumentException>(() => model.Forecast(empty, new() { TimeColumnName = "When" }), "TimeColumnName is 'When'", "it has: Series");
        Fails.With<ArgumentException>(() => model.Forecast(empty, new() { TimeColumnName = "Series" }), "Time column 'Series' is String");
        Fails.With<ArgumentException>(() => model.Forecast(_ml.Data.LoadFromEnumerable(new[] { new { Other = 1f } })), "'Value' is not in the data");
    }

    [TestMethod]
    public void A_data_column_with_a_name_of_the_result_is_refused()
    {
        var history = View(CountedSeries.Rows("A", 10, 0));
        var renamed = _ml.Transforms.CopyColumns("Step", "Series").Fit(history).Transform(history);

        Fails.With<ArgumentException>(() => Forecast(renamed, CountedSeries.Options with { GroupColumn = "Step" }), "2 columns 'Step'", "rename");
    }

    [TestMethod]
    public void Reading_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Forecast(View(CountedSeries.Rows("A", 10, 0)), null, new() { CancellationToken = source.Token }));
    }
}
