using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class ChronologicalSplitTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed record Case(int Seed, int[] Lengths, int Window, int Horizon, int Stride, double Fraction, string GroupType);

    private static readonly Gen<Case> s_cases =
        from seed in Gen.Int[0, 1_000_000]
        from lengths in Gen.Int[1, 40].Array[1, 5]
        from window in Gen.Int[1, 6]
        from horizon in Gen.Int[1, 8]
        from stride in Gen.Int[1, 5]
        from fraction in Gen.Double[0.05, 0.95]
        from type in Gen.Int[0, 2].Select(i => new[] { "text", "key", "int" }[i])
        select new Case(seed, lengths, window, horizon, stride, fraction, type);

    // Rows of a group with their time in the group; interleaved: the groups' rows are mixed, each group's in order.
    private static IDataView Series(Case c, bool interleaved)
    {
        var groups = c.Lengths.SelectMany((length, g) => Enumerable.Repeat(g, length)).ToArray();
        if (interleaved)
            new Random(c.Seed).Shuffle(groups);
        var next = new long[c.Lengths.Length];
        var times = groups.Select(g => next[g]++).ToArray();
        var builder = new ArrayDataViewBuilder(new MLContext());
        builder.AddColumn("Value", NumberDataViewType.Single, times.Select(t => (float)t).ToArray());
        builder.AddColumn("Time", NumberDataViewType.Int64, times);
        builder.AddColumn("Number", NumberDataViewType.Int32, groups);
        if (c.GroupType == "text")
            builder.AddColumn("Group", groups.Select(g => $"g{g}").ToArray());
        else if (c.GroupType == "int")
            builder.AddColumn("Group", NumberDataViewType.Int32, groups);
        else
            builder.AddColumn("Group", (ref VBuffer<ReadOnlyMemory<char>> names) => names = new(9, new ReadOnlyMemory<char>[9]), 9,
                groups.Select(g => (uint)g + 1).ToArray());
        return builder.GetDataView();
    }

    private static List<(int Group, long Time)> Read(IDataView view)
    {
        using var cursor = view.GetRowCursor([view.Schema["Number"], view.Schema["Time"]]);
        var getGroup = cursor.GetGetter<int>(view.Schema["Number"]);
        var getTime = cursor.GetGetter<long>(view.Schema["Time"]);
        var (group, time) = (0, 0L);
        var rows = new List<(int, long)>();
        while (cursor.MoveNext())
        {
            getGroup(ref group);
            getTime(ref time);
            rows.Add((group, time));
        }
        return rows;
    }

    // Straight from the definition; labels of a row at time t reach t + horizon.
    private static (List<(int, long)> Train, List<(int, long)> Test) Reference(List<(int Group, long Time)> rows, double fraction,
        int horizon)
    {
        var test = new List<(int, long)>();
        var train = new List<(int, long)>();
        foreach (var row in rows)
        {
            var group = rows.Where(r => r.Group == row.Group).Select(r => r.Time).ToArray();
            var tests = group.Length < 2 ? 0 : Math.Clamp((int)Math.Round(group.Length * fraction, MidpointRounding.AwayFromZero), 1,
                group.Length - 1);
            var first = tests == 0 ? long.MaxValue : group[^tests];
            if (row.Time >= first)
                test.Add(row);
            else if (row.Time + horizon < first)
                train.Add(row);
        }
        return (train, test);
    }

    private void Check(IDataView data, double fraction, int horizon)
    {
        var (train, test) = Reference(Read(data), fraction, horizon);
        if (train.Count == 0 || test.Count == 0)
        {
            Assert.Throws<InvalidOperationException>(() => _ml.Data.ChronologicalSplit(data, fraction, "Group"));
            return;
        }
        var split = _ml.Data.ChronologicalSplit(data, fraction, "Group");
        Assert.AreSequenceEqual(train, Read(split.TrainSet));
        Assert.AreSequenceEqual(test, Read(split.TestSet));
        Assert.AreSequenceEqual(test, Read(split.TestSet));
        Assert.AreSequenceEqual(ViewText.Rows(split.TrainSet, "Value"), ViewText.Rows(_ml.Data.Cache(split.TrainSet), "Value"));
    }

    [TestMethod]
    public void Sides_are_those_of_the_reference_for_windows_in_groups() => s_cases.Sample(c =>
    {
        var data = Series(c, interleaved: false);
        var view = _ml.Transforms.SlidingWindow("Window", ["Value"], c.Window, c.Horizon, groupColumnName: "Group", stride: c.Stride)
            .Fit(data).Transform(data);
        Check(view, c.Fraction, c.Horizon);
    }, iter: 300, threads: 1);

    [TestMethod]
    public void Sides_are_those_of_the_reference_for_interleaved_groups()
        => s_cases.Sample(c => Check(Series(c, interleaved: true), c.Fraction, horizon: 0), iter: 200, threads: 1);

    [TestMethod]
    public void No_training_label_lies_in_the_test_period() => s_cases.Sample(c =>
    {
        // One series: labels hold the time of the rows they come from.
        var data = Series(c with { Lengths = [120] }, interleaved: false);
        var view = _ml.Transforms.SlidingWindow("Window", ["Value"], c.Window, c.Horizon, stride: c.Stride).Fit(data).Transform(data);
        var split = _ml.Data.ChronologicalSplit(view, Math.Min(c.Fraction, 0.7));
        var latest = Sequences.Read(split.TrainSet, "Window", 1, "Label", c.Horizon, default).Labels.ToArray().Max();
        var first = Read(split.TestSet)[0].Time;
        Assert.IsLessThan((float)first, latest);
        // And nothing more than needed is dropped: the next anchor's label reaches the test period.
        Assert.IsGreaterThanOrEqualTo(first, Read(split.TrainSet)[^1].Time + c.Stride + c.Horizon);
    }, iter: 200, threads: 1);

    [TestMethod]
    public void Annotations_are_found_after_other_steps()
    {
        var data = Series(new Case(1, [50], 0, 0, 0, 0, "text"), interleaved: false);
        var view = _ml.Transforms.SlidingWindow("Window", ["Value"], 3, horizon: 4).Append(_ml.Transforms.CopyColumns("Copy", "Label"))
            .Append(_ml.Transforms.SelectColumns("Window", "Copy", "Number", "Time")).Fit(data).Transform(data);
        var split = _ml.Data.ChronologicalSplit(_ml.Data.Cache(view), 0.25); // 48 windows, times 2 … 49, 12 of them tests
        Assert.AreEqual((0, 38L), Read(split.TestSet)[0]);
        Assert.AreEqual((0, 33L), Read(split.TrainSet)[^1]);
    }

    [TestMethod]
    public void Rows_that_are_not_windows_lose_nothing_between_the_sides()
    {
        var split = _ml.Data.ChronologicalSplit(Series(new Case(1, [10], 0, 0, 0, 0, "text"), interleaved: false), 0.2);
        Assert.AreSequenceEqual(Enumerable.Range(0, 8).Select(t => (0, (long)t)), Read(split.TrainSet));
        Assert.AreSequenceEqual([(0, 8L), (0, 9L)], Read(split.TestSet));
        Assert.IsFalse(split.TrainSet.CanShuffle);
        Assert.AreSequenceEqual(ViewText.Rows(split.TrainSet), ViewText.Rows(split.TrainSet), "columns that are not asked for");
        using var cursor = split.TestSet.GetRowCursor([], new Random(1));
        Assert.IsEmpty(ViewText.Visible(split.TestSet.Schema).Where(cursor.IsColumnActive).ToArray());
        Assert.HasCount(2, ViewText.Rest(cursor, []));
    }

    [TestMethod]
    public void The_sides_stay_lazy_and_counting_reads_only_the_group()
    {
        var asked = new List<string>();
        var data = new SpyView(Series(new Case(1, [10, 10], 0, 0, 0, 0, "text"), interleaved: false), asked);
        var split = _ml.Data.ChronologicalSplit(data, 0.2, "Group");
        Assert.AreSequenceEqual(["Group"], asked);
        ViewText.Rows(split.TrainSet, "Value");
        Assert.AreSequenceEqual(["Group", "Value,Group"], asked);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(-0.5)]
    [DataRow(1.5)]
    [DataRow(double.NaN)]
    public void A_fraction_that_is_none_is_refused(double fraction)
    {
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.ChronologicalSplit(Series(new Case(1, [9], 0, 0, 0, 0,
            "text"), false), fraction));
        Assert.Contains("between 0 and 1", e.Message);
        Assert.AreEqual(fraction, e.ActualValue);
    }

    [TestMethod]
    public void Sides_without_rows_are_refused_with_numbers()
    {
        var nine = Series(new Case(1, [9], 0, 0, 0, 0, "text"), false);
        var windows = _ml.Transforms.SlidingWindow("Window", ["Value"], 2, horizon: 8).Fit(nine).Transform(nine);
        var train = Assert.Throws<InvalidOperationException>(() => _ml.Data.ChronologicalSplit(windows, 0.5)).Message;
        Assert.Contains("8 rows in 1 group(s) leaves none to train on: 4 are test rows", train);
        Assert.Contains("8 per group", train);
        var single = Series(new Case(1, [1, 1, 1], 0, 0, 0, 0, "text"), false);
        Fails.With<InvalidOperationException>(() => _ml.Data.ChronologicalSplit(single, 0.5, "Group"),
            "3 rows in 3 group(s)");
        var none = _ml.Transforms.SlidingWindow("Window", ["Value"], 10).Fit(nine).Transform(nine);
        Fails.With<InvalidOperationException>(() => _ml.Data.ChronologicalSplit(none, 0.5), "has no rows");
        Fails.With<InvalidOperationException>(() => _ml.Data.ChronologicalSplit(none, 0.5, "Group"), "has no rows");
    }

    [TestMethod]
    public void Group_columns_that_cannot_be_one_are_refused()
    {
        var data = Series(new Case(1, [9], 0, 0, 0, 0, "text"), false);
        Fails.With<ArgumentException>(() => _ml.Data.ChronologicalSplit(data, 0.5, "Gone"), "'Gone' is not in the data");
        var windows = _ml.Transforms.SlidingWindow("Window", ["Value"], 2).Fit(data).Transform(data);
        Fails.With<ArgumentException>(() => _ml.Data.ChronologicalSplit(windows, 0.5, "Window"),
            "'Window' is Vector<Single");
    }

    [TestMethod]
    public void Shuffled_rows_are_not_split_as_if_they_were_in_order()
    {
        var data = Series(new Case(1, [20], 0, 0, 0, 0, "text"), interleaved: false);
        var windows = _ml.Transforms.SlidingWindow("Window", ["Value"], 2).Fit(data).Transform(data);

        Fails.With<InvalidOperationException>(() => _ml.Data.ChronologicalSplit(_ml.Data.ShuffleRows(windows), 0.2), "ShuffleRows", "Split first");
    }

    [TestMethod]
    public void Windows_of_groups_that_take_turns_are_not_split_as_one_series()
    {
        var data = Series(new Case(1, [20, 20], 0, 0, 0, 0, "text"), interleaved: true);
        var windows = _ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = ["Value"],
            WindowLength = 2,
            Horizon = 3,
            GroupColumn = "Group",
            Groups = SeriesGroups.Interleaved,
        }).Fit(data).Transform(data);

        Fails.With<ArgumentException>(() => _ml.Data.ChronologicalSplit(windows, 0.2), "'Group' take turns", "groupColumnName: \"Group\"");
        Assert.IsNotEmpty(ViewText.Rows(_ml.Data.ChronologicalSplit(windows, 0.2, "Group").TestSet, "Value"));
    }

    private sealed class SpyView(IDataView source, List<string> asked) : IDataView
    {
        public DataViewSchema Schema => source.Schema;

        public bool CanShuffle => false;

        public long? GetRowCount() => null;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            asked.Add(string.Join(",", columnsNeeded.Select(column => column.Name)));
            return source.GetRowCursor(columnsNeeded);
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
            => [GetRowCursor(columnsNeeded, rand)];
    }
}
