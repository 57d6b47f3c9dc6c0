using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>The time column: order, gaps, types.</summary>
[TestClass]
public class SlidingWindowTimeTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public string Name { get; set; } = "A";
        public float Value { get; set; }
        public DateTime Day { get; set; }
        public DateTimeOffset Moment { get; set; }
        public TimeSpan Elapsed { get; set; }
        public double Seconds { get; set; }
        public long Nanoseconds { get; set; }
    }

    private static SlidingWindowOptions Options { get; } = new()
    {
        InputColumns = ["Value"],
        WindowLength = 2,
        TimeColumn = "Day",
        GroupColumn = "Name",
    };

    private static Row At(int day, string name = "A") => new()
    {
        Name = name,
        Value = day,
        Day = new DateTime(2024, 5, 1).AddDays(day),
        Moment = new DateTimeOffset(2024, 5, 1, 0, 0, 0, TimeSpan.FromHours(day % 3)).AddDays(day).AddHours(day % 3),
        Elapsed = TimeSpan.FromDays(day),
        Seconds = day / 10.0,
        Nanoseconds = 1_700_000_000_000_000_000 + day,
    };

    private static Row[] Days(params int[] days) => [.. days.Select(day => At(day))];

    private IDataView Windows(SlidingWindowOptions options, params Row[] rows)
    {
        var data = _ml.Data.LoadFromEnumerable(rows);
        return _ml.Transforms.SlidingWindow(options).Fit(data).Transform(data);
    }

    // In every pass, whichever columns are asked for.
    private void FailsToRead(IDataView view, params string[] parts)
    {
        Fails.With<InvalidOperationException>(() => ViewText.Rows(view), parts);
        foreach (var column in new[] { "Window", "Label", "Value", "Name" })
            Fails.With<InvalidOperationException>(() => ViewText.Rows(view, column), parts);
        using var none = view.GetRowCursor([]);
        Fails.With<InvalidOperationException>(() => ViewText.Rest(none, []), parts);
    }

    [TestMethod]
    public void Time_that_goes_back_is_named_with_row_group_and_both_times()
    {
        var view = Windows(Options, [.. Days(1, 2, 3), At(5, "B"), At(4, "B")]);
        FailsToRead(view, "row 5, group 'B'", "'Day' is 2024-05-05 00:00:00 after 2024-05-06 00:00:00", "Sort the data by 'Day'");
        FailsToRead(Windows(Options with { GroupColumn = null }, [.. Days(1, 2, 1)]), "row 3: time column", "name the GroupColumn");
        FailsToRead(Windows(Options with { TimeGaps = TimeGaps.Ignore }, Days(1, 9, 3)), "row 3, group 'A'");
        FailsToRead(Windows(Options with { TimeGaps = TimeGaps.NewSeries }, Days(1, 2, 9, 3)), "row 4, group 'A'");
    }

    [TestMethod]
    public void Time_that_repeats_is_refused()
        => FailsToRead(Windows(Options, Days(1, 2, 2)), "row 3, group 'A'", "is 2024-05-03 00:00:00 twice: a duplicate", "Keep one of the rows, or aggregate them");

    [TestMethod]
    public void Each_group_has_its_own_time()
    {
        Assert.HasCount(2, ViewText.Rows(Windows(Options, [.. Days(5, 6), At(1, "B"), At(2, "B")])));
        var interleaved = Options with { Groups = SeriesGroups.Interleaved };
        Assert.HasCount(3, ViewText.Rows(Windows(interleaved, At(5), At(1, "B"), At(6), At(2, "B"), At(3, "B"))));
        FailsToRead(Windows(interleaved, At(5), At(1, "B"), At(6), At(1, "B"), At(3, "B")), "row 4, group 'B'");
    }

    [TestMethod]
    public void A_gap_is_named_with_both_times_and_the_largest_step()
    {
        FailsToRead(Windows(Options, Days(1, 3, 5, 9)), "row 4, group 'A'", "goes from 2024-05-06 00:00:00 to 2024-05-10 00:00:00, a gap",
            "the largest step is 3.00:00:00, 1.5 times the smallest so far", "TimeGaps.NewSeries");
        FailsToRead(Windows(Options with { LargestTimeStep = TimeSpan.FromDays(1) }, Days(1, 3)), "row 2",
            "the largest step is 1.00:00:00.");
        FailsToRead(Windows(Options with { TimeColumn = "Seconds" }, Days(1, 2, 3, 5)), "goes from 0.3 to 0.5", "the largest step is 0.15");
        FailsToRead(Windows(Options with { TimeColumn = "Seconds", LargestNumericTimeStep = 0.25 }, Days(1, 3, 6)), "row 3", "is 0.25.");
    }

    [TestMethod]
    public void The_first_step_cannot_be_a_gap_and_a_smaller_one_later_tells()
        => FailsToRead(Windows(Options, Days(1, 8, 15, 16, 18)), "row 5", "the largest step is 1.12:00:00");

    [TestMethod]
    public void Business_days_have_a_larger_step()
    {
        var days = Days(2, 3, 6, 7, 8, 9, 10, 13); // 2024-05-03 is a Friday
        FailsToRead(Windows(Options, days), "row 3");
        Assert.HasCount(7, ViewText.Rows(Windows(Options with { LargestTimeStep = TimeSpan.FromDays(3) }, days)));
    }

    [TestMethod]
    [DataRow(SeriesGroups.Contiguous)]
    [DataRow(SeriesGroups.Interleaved)]
    public void Windows_and_labels_never_cross_a_gap(SeriesGroups groups)
    {
        var view = Windows(Options with { TimeGaps = TimeGaps.NewSeries, Groups = groups, Padding = WindowPadding.Start },
            Days(1, 2, 3, 7, 8, 12));
        Assert.AreSequenceEqual(["[NaN,1] | 2", "[1,2] | 3", "[2,3] | NaN", "[NaN,7] | 8", "[7,8] | NaN", "[NaN,12] | NaN"],
            ViewText.Rows(view, "Window", "Label"));
    }

    [TestMethod]
    public void Gaps_may_be_ignored() => Assert.AreSequenceEqual(["[1,2] | 9", "[2,9] | 10", "[9,10] | NaN"],
        ViewText.Rows(Windows(Options with { TimeGaps = TimeGaps.Ignore }, Days(1, 2, 9, 10)), "Window", "Label"));

    [TestMethod]
    [DataRow("Day", "2024-05-02")]
    [DataRow("Moment", "2024-05-02 00:00:00 UTC")]
    [DataRow("Elapsed", "1.00:00:00")]
    [DataRow("Seconds", "is 0.1 after 0.2")]
    [DataRow("Nanoseconds", "is 1700000000000000001 after 1700000000000000002")] // which a Double cannot tell apart
    public void Time_may_be_of_any_of_these_types(string column, string text)
    {
        Assert.HasCount(3, ViewText.Rows(Windows(Options with { TimeColumn = column }, Days(1, 2, 3, 4))));
        FailsToRead(Windows(Options with { TimeColumn = column }, Days(2, 1)), "row 2", text);
    }

    [TestMethod]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    [DataRow(1e39)]
    public void A_time_that_is_no_number_is_refused(double time)
    {
        var rows = Days(1, 2);
        rows[1].Seconds = time;
        FailsToRead(Windows(Options with { TimeColumn = "Seconds" }, rows), "time column 'Seconds', row 2: the time is");
    }

    [TestMethod]
    public void A_clock_refuses_a_row_without_losing_its_place()
    {
        var clock = new SeriesClock();
        var text = new ArrayDataViewBuilder(_ml);
        text.AddColumn("T", NumberDataViewType.Int32, 1, 2, 2, 3);
        var view = text.GetDataView();
        using var cursor = view.GetRowCursor(view.Schema);
        var settings = SlidingWindowSettings.Create(Options with { TimeColumn = "T" });
        var check = new TimeCheck(settings, TimeReader.Create(cursor, view.Schema["T"]), () => "");
        for (var row = 1; cursor.MoveNext(); row++)
            if (row == 3)
                Assert.Throws<InvalidOperationException>(() => check.StartsSeries(clock, check.Read(), row));
            else
                Assert.IsFalse(check.StartsSeries(clock, check.Read(), row));
        using var stream = new MemoryStream();
        clock.Save(new BinaryWriter(stream));
        stream.Position = 0;
        var restored = new SeriesClock();
        restored.Restore(new BinaryReader(stream));
        Assert.AreEqual((new TimeValue(3), 1.0), (restored.Last!.Value, restored.SmallestStep));
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(-0.25)]
    [DataRow(1e30)]
    [DataRow(-123456.789)]
    public void Times_are_saved_exactly(double number)
    {
        using var stream = new MemoryStream();
        var time = TimeValue.From(number);
        time.Save(new BinaryWriter(stream));
        stream.Position = 0;
        Assert.AreEqual(time, TimeValue.Restore(new BinaryReader(stream)));
        Assert.AreEqual(number, time - default(TimeValue));
        Assert.IsTrue(time.Fraction is >= 0 and < 1);
    }
}
