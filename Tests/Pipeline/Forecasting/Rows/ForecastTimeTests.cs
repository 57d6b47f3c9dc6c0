using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Times that go on: by the step, the months or the business days of each series.</summary>
[TestClass]
public class ForecastTimeTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row<T>
    {
        public string Series { get; set; } = "";
        public T Time { get; set; } = default!;
        public float Value { get; set; }
    }

    private static readonly SlidingWindowOptions Options = CountedSeries.Options with { TimeColumn = null, Padding = WindowPadding.Start };

    private T[] Next<T>(params T[] times) => Next(("A", times));

    // Three steps for each series.
    private T[] Next<T>(params (string Series, T[] Times)[] series)
    {
        var history = _ml.Data.LoadFromEnumerable(series.SelectMany(s => s.Times.Select((t, i) => new Row<T>
        {
            Series = s.Series,
            Time = t,
            Value = i,
        })).ToArray());
        var forecast = CountedSeries.Pipeline(_ml, Options).Fit(history).Forecast(history, new() { TimeColumnName = "Time" });
        return [.. forecast.GetColumn<T>("Time")];
    }

    private static DateTime[] Dates(string dates) => [.. dates.Split(' ').Select(d => DateTime.ParseExact(d,
        ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm"], CultureInfo.InvariantCulture))];

    [TestMethod]
    [DataRow("2024-01-01T22:00 2024-01-01T23:00", "2024-01-02T00:00 2024-01-02T01:00 2024-01-02T02:00", DisplayName = "hours")]
    [DataRow("2024-02-26 2024-02-27 2024-02-28", "2024-02-29 2024-03-01 2024-03-02", DisplayName = "days")]
    [DataRow("2024-02-14 2024-02-21", "2024-02-28 2024-03-06 2024-03-13", DisplayName = "weeks")]
    [DataRow("2023-11-01 2023-12-01", "2024-01-01 2024-02-01 2024-03-01", DisplayName = "months")]
    [DataRow("2023-11-15T08:00 2023-12-15T08:00", "2024-01-15T08:00 2024-02-15T08:00 2024-03-15T08:00", DisplayName = "months, mid")]
    [DataRow("2023-10-31 2023-11-30 2023-12-31", "2024-01-31 2024-02-29 2024-03-31", DisplayName = "ends of months")]
    [DataRow("2023-09-30 2023-11-30", "2024-01-31 2024-03-31 2024-05-31", DisplayName = "ends of every other month")]
    [DataRow("2023-12-30 2024-01-30 2024-02-29", "2024-03-30 2024-04-30 2024-05-30", DisplayName = "the 30th, or the last of February")]
    [DataRow("2023-07-01 2023-10-01 2024-01-01", "2024-04-01 2024-07-01 2024-10-01", DisplayName = "quarters")]
    [DataRow("2020-02-29 2021-02-28", "2022-02-28 2023-02-28 2024-02-29", DisplayName = "years")]
    [DataRow("2022-01-01 2023-01-01 2024-01-01", "2025-01-01 2026-01-01 2027-01-01", DisplayName = "years, leap or not")]
    [DataRow("2024-01-04 2024-01-05 2024-01-08 2024-01-09 2024-01-10 2024-01-11", "2024-01-12 2024-01-15 2024-01-16", DisplayName = "business days")]
    [DataRow("2024-01-03 2024-01-04 2024-01-05 2024-01-08", "2024-01-09 2024-01-10 2024-01-11", DisplayName = "business days, few")]
    [DataRow("2024-01-05 2024-01-06 2024-01-07 2024-01-08 2024-01-11 2024-01-12", "2024-01-13 2024-01-14 2024-01-15", DisplayName = "days, some missing")]
    [DataRow("2024-01-01T00:00 2024-01-01T06:00 2024-01-01T12:00 2024-01-02T06:00", "2024-01-02T12:00 2024-01-02T18:00 2024-01-03T00:00", DisplayName = "6 hours, two missing")]
    public void Dates_go_on_as_the_series_does(string history, string expected)
        => Assert.AreSequenceEqual(Dates(expected), Next(Dates(history)));

    [TestMethod]
    public void A_weekend_long_ago_tells_that_days_are_no_business_days()
    {
        DateTime[] long_ = [new(2023, 6, 3), .. Enumerable.Range(0, 60).Select(i => new DateTime(2023, 6, 5).AddDays(i))
            .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))];

        Assert.AreEqual(long_[^1].AddDays(1), Next(long_)[0]);
        Assert.AreEqual(new DateTime(2023, 8, 3), long_[^1], "a Thursday");
        Assert.AreSequenceEqual([new(2023, 8, 4), new(2023, 8, 5), new(2023, 8, 6)], Next(long_));
        Assert.AreSequenceEqual([new(2023, 8, 4), new(2023, 8, 7), new(2023, 8, 8)], Next(long_[1..]));
    }

    [TestMethod]
    public void Each_series_has_its_own_step_and_one_value_that_of_the_first_with_more()
    {
        var next = Next(("A", Dates("2024-05-01")), ("B", Dates("2024-01-01 2024-02-01")), ("C", Dates("2024-01-01 2024-01-02")));

        Assert.AreSequenceEqual(Dates("2024-06-01 2024-07-01 2024-08-01 2024-03-01 2024-04-01 2024-05-01 2024-01-03 2024-01-04 2024-01-05"), next);
        Fails.With<InvalidOperationException>(() => Next(Dates("2024-05-01")), "series 'A' has one row", "step of time column 'Time'",
            "at least two rows");
        Fails.With<InvalidOperationException>(() => Next(("A", Dates("2024-05-01")), ("B", Dates("2024-05-01"))), "and so has every other");
    }

    [TestMethod]
    public void Other_types_of_time_go_on_too()
    {
        var zone = TimeSpan.FromHours(2);
        DateTimeOffset At(int month) => new(2024, month, 1, 0, 0, 0, zone);

        Assert.AreSequenceEqual([At(4), At(5), At(6)], Next(At(1), At(2), At(3)));
        Assert.AreEqual(zone, Next(At(1), At(2))[0].Offset);
        Assert.AreSequenceEqual([TimeSpan.FromDays(28 + 28), TimeSpan.FromDays(84), TimeSpan.FromDays(112)], Next(TimeSpan.FromDays(0), TimeSpan.FromDays(28)));
        Assert.AreSequenceEqual([7, 9, 11], Next(1, 3, 5));
        Assert.AreSequenceEqual([1_700_000_000_000_000_007L, 1_700_000_000_000_000_009L, 1_700_000_000_000_000_011L],
            Next(1_700_000_000_000_000_003L, 1_700_000_000_000_000_005L));
        Assert.AreSequenceEqual([1960.25f, 1960.333f, 1960.417f], Next(Enumerable.Range(0, 15).Select(i => 1959 + (i / 12f)).ToArray())
            .Select(t => MathF.Round(t, 3)));
        Assert.AreSequenceEqual([1.0, 1.1, 1.2], Next(0.7, 0.8, 0.9).Select(t => Math.Round(t, 9)));
        Assert.AreEqual(DateTimeKind.Utc, Next(Utc(1), Utc(2))[0].Kind);
        static DateTime Utc(int day) => new(2024, 1, day, 0, 0, 0, DateTimeKind.Utc);
    }

    [TestMethod]
    public void Time_that_ends_says_so() => Fails.With<InvalidOperationException>(() => Next<byte>(100, 200), "'Time' is 200", "no Byte any more");

    [TestMethod]
    public void Times_that_repeat_or_go_back_are_named()
    {
        Fails.With<InvalidOperationException>(() => Next(Dates("2024-01-01 2024-01-02 2024-01-02")), "row 3, series 'A'",
            "'Time' is 2024-01-02 00:00:00 twice: a duplicate", "aggregate");
        Fails.With<InvalidOperationException>(() => Next(("A", Dates("2024-01-01 2024-01-02")), ("B", Dates("2024-01-03 2024-01-02"))),
            "row 4, series 'B'", "is 2024-01-02 00:00:00 after 2024-01-03 00:00:00", "Sort the data by 'Time'");
        Fails.With<InvalidOperationException>(() => Next(1.0, double.NaN), "row 2", "'Time' is NaN, expected a finite number");
    }
}
