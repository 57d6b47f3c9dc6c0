using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Values that are known ahead reach the steps that they are of, and those that lack are named.</summary>
[TestClass]
public class ForecastFutureRowsTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static readonly SlidingWindowOptions Options = CountedSeries.Options with { FutureColumns = ["Known"] };

    private IDataView History => CountedSeries.View(_ml, CountedSeries.Rows("A", 10, 0), CountedSeries.Rows("B", 6, 100));

    private sealed class Ahead
    {
        public string Series { get; set; } = "";
        public DateTime Time { get; set; }
        public float Known { get; set; }
    }

    // Of the first day on, with 5000 more than the row's place after the history.
    private static IEnumerable<Ahead> Rows(string series, int first, int count) => Enumerable.Range(first, count).Select(i => new Ahead
    {
        Series = series,
        Time = CountedSeries.Start.AddDays(i),
        Known = i,
    });

    private IDataView Forecast(IEnumerable<Ahead> future, SlidingWindowOptions? options = null)
        => _ml.Transforms.SlidingWindow(options ?? Options).Append(CountedSeries.Knowing(_ml)).Fit(History)
            .Forecast(History, new() { FutureRows = _ml.Data.LoadFromEnumerable(future.ToArray()) });

    private static readonly string[] Expected =
    [
        "A | 01/11/2024 00:00:00 | 1 | 10000", "A | 01/12/2024 00:00:00 | 2 | 11000", "A | 01/13/2024 00:00:00 | 3 | 12000",
        "B | 01/07/2024 00:00:00 | 1 | 6000", "B | 01/08/2024 00:00:00 | 2 | 7000", "B | 01/09/2024 00:00:00 | 3 | 8000",
    ];

    [TestMethod]
    [DataRow(SeriesGroups.Contiguous)]
    [DataRow(SeriesGroups.Interleaved)]
    public void Each_step_sees_the_row_of_its_time(SeriesGroups groups)
        => Assert.AreSequenceEqual(Expected, ViewText.Rows(Forecast([.. Rows("A", 10, 3), .. Rows("B", 6, 3)], Options with { Groups = groups })));

    [TestMethod]
    public void Rows_of_the_history_of_later_steps_and_of_other_series_are_passed_over()
    {
        Ahead[] calendar = [.. Rows("C", 0, 20), .. Rows("B", 0, 20), .. Rows("A", 0, 20)];

        Assert.AreSequenceEqual(Expected, ViewText.Rows(Forecast(calendar)));
        Assert.AreSequenceEqual(Expected, ViewText.Rows(Forecast(calendar.OrderBy(row => row.Time))), "interleaved");
    }

    [TestMethod]
    public void Calendar_features_of_the_future_follow_from_its_times()
    {
        var options = CountedSeries.Options with { FutureColumns = ["Calendar"], InputColumns = ["Value", "Calendar"], TargetColumns = ["Value"] };
        var chain = _ml.Transforms.CalendarFeatures("Calendar", "Time", CalendarFields.DayOfWeek).Append(_ml.Transforms.SlidingWindow(options))
            .Append(_ml.Transforms.CustomMapping<CalendarWindow, KnownForecast>((window, forecast) =>
                forecast.Forecast = [window.Future[0], window.Future[2], window.Future[4]], contractName: null));
        var future = _ml.Data.LoadFromEnumerable(Rows("A", 10, 3).Concat(Rows("B", 6, 3)).Select(r => new { r.Series, r.Time }).ToArray());
        var forecast = chain.Fit(History).Forecast(History, new() { FutureRows = future });

        var expected = forecast.GetColumn<DateTime>("Time").Select(t => (float)Math.Sin(2 * Math.PI * (((int)t.DayOfWeek + 6) % 7) / 7));
        Assert.AreSequenceEqual(expected, forecast.GetColumn<float>("Forecast"));
    }

    private sealed class CalendarWindow
    {
        [VectorType(3, 2)]
        public float[] Future { get; set; } = [];
    }

    [TestMethod]
    public void Static_values_hold_in_the_future_too()
    {
        var history = _ml.Transforms.Conversion.ConvertType("Size", "Known", DataKind.Single).Fit(History).Transform(History);
        history = _ml.Transforms.CustomMapping<CountedRow, Sized>((row, sized) => sized.Size = row.Series == "A" ? 1 : 2, null).Fit(History)
            .Transform(History);
        var model = _ml.Transforms.SlidingWindow(Options with { StaticColumns = ["Size"], MissingValues = MissingValuePolicy.Error })
            .Append(_ml.Transforms.CustomMapping<StaticWindow, KnownForecast>((window, forecast) =>
                forecast.Forecast = [.. window.Future.Select(v => v + (1000 * window.Static[0]))], contractName: null)).Fit(history);
        var forecast = model.Forecast(history, new() { FutureRows = _ml.Data.LoadFromEnumerable(Rows("A", 10, 3).Concat(Rows("B", 6, 3)).ToArray()) });

        Assert.AreSequenceEqual([1010, 1011, 1012, 2006, 2007, 2008], forecast.GetColumn<float>("Forecast"));
    }

    private sealed class Sized
    {
        public float Size { get; set; }
    }

    private sealed class StaticWindow
    {
        [VectorType(3, 1)]
        public float[] Future { get; set; } = [];

        [VectorType(1)]
        public float[] Static { get; set; } = [];
    }

    [TestMethod]
    public void One_series_without_time_takes_its_rows_in_order()
    {
        var options = Options with { GroupColumn = null, TimeColumn = null };
        var history = CountedSeries.View(_ml, CountedSeries.Rows("A", 10, 0));
        var model = _ml.Transforms.SlidingWindow(options).Append(CountedSeries.Knowing(_ml)).Fit(history);
        IDataView Future(int count) => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new { Known = 7f + i }).ToArray());

        Assert.AreSequenceEqual(["1 | 7000", "2 | 8000", "3 | 9000"], ViewText.Rows(model.Forecast(history, new() { FutureRows = Future(3) })));
        Fails.With<InvalidOperationException>(() => model.Forecast(history, new() { FutureRows = Future(2) }), "the series lacks step 3.");
    }

    [TestMethod]
    public void Steps_that_lack_are_named_with_their_series_and_times()
    {
        Fails.With<InvalidOperationException>(() => Forecast([.. Rows("A", 10, 3), .. Rows("B", 6, 2)]),
            "series 'B' lacks step 3 (2024-01-09 00:00:00)", "known ahead");
        Fails.With<InvalidOperationException>(() => Forecast(Rows("A", 10, 1)),
            "series 'A' lacks steps 2 (2024-01-12 00:00:00) to 3 (2024-01-13 00:00:00); series 'B' lacks steps 1");
        Fails.With<InvalidOperationException>(() => Forecast([.. Rows("A", 10, 1), .. Rows("A", 12, 2)]), "FutureRows: row 2, series 'A'",
            "goes from 2024-01-11 00:00:00 to 2024-01-13 00:00:00", "step 2 of the future, 2024-01-12 00:00:00, is missing");
        Fails.With<InvalidOperationException>(() => Forecast([.. Rows("A", 10, 1), .. Rows("A", 10, 2)]), "row 2, series 'A'", "twice: a duplicate");
        Fails.With<InvalidOperationException>(() => Forecast([.. Rows("A", 11, 1), .. Rows("A", 10, 2)]), "2024-01-11 00:00:00, is missing");
    }

    [TestMethod]
    public void Columns_that_lack_are_named()
    {
        var model = _ml.Transforms.SlidingWindow(Options).Append(CountedSeries.Knowing(_ml)).Fit(History);
        Fails.With<ArgumentException>(() => model.Forecast(History), "takes Known as known ahead", "3 rows after the history",
            "the columns: Series, Time, Known");
        var other = _ml.Data.LoadFromEnumerable(new[] { new { Series = 1, Time = CountedSeries.Start } });
        Fails.With<ArgumentException>(() => model.Forecast(History, new() { FutureRows = other }), "2 problems",
            "FutureRows has no column 'Known'", "'Series' is Int32 in FutureRows and String in the history");
    }
}
