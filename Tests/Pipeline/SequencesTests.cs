using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class SequencesTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Free
    {
        public float[] Values { get; set; } = [];
        public float Label { get; set; }
    }

    private static IDataView Windows(RandomSeries series, int window, int stride, int horizon = 1, bool grouped = false)
        => new MLContext().Transforms
            .SlidingWindow("Window", ["Single", "Vector"], window, horizon, groupColumnName: grouped ? "Group" : null, stride: stride)
            .Fit(series.View).Transform(series.View);

    private static IDataView Fixed(float[][] rows, float[]? labels = null)
    {
        var builder = new ArrayDataViewBuilder(new MLContext());
        builder.AddColumn("X", NumberDataViewType.Single, rows);
        builder.AddColumn("Y", NumberDataViewType.Single, labels ?? new float[rows.Length]);
        return builder.GetDataView();
    }

    private static string[] Sequence(Sequences sequences)
        => [.. Enumerable.Range(0, sequences.Count).Select(i => $"[{string.Join(",", sequences[i].ToArray())}]")];

    [TestMethod]
    public void Values_and_labels_come_back_whatever_the_windows() => (
        from seed in Gen.Int[0, 1_000_000]
        from rows in Gen.Int[1, 80]
        from window in Gen.Int[1, 8]
        from stride in Gen.Int[1, 10]
        from horizon in Gen.Int[1, 3]
        from grouped in Gen.Bool
        from annotated in Gen.Bool
        from skip in Gen.Bool
        select (seed, rows, window, stride, horizon, grouped, annotated, skip)).Sample(c =>
    {
        var view = Windows(new RandomSeries(c.seed, c.rows, 3, "text"), c.window, c.stride, c.horizon, c.grouped);
        if (c.skip) // every second window: the annotated stride is not the true one
            view = new MLContext().Data.FilterByCustomPredicate<Numbered>(view, row => row.Row / c.stride % 2 == 0);
        var label = c.annotated ? "Label" : null;
        if (!c.annotated)
            view = new MLContext().Transforms.DropColumns("Label").Fit(view).Transform(view);
        var sequences = Sequences.Read(view, "Window", 3, label, c.horizon, default);
        Assert.AreSequenceEqual(ViewText.Rows(view, "Window"), Sequence(sequences));
        if (!c.grouped && !c.skip && c.stride < c.window)
            Assert.AreEqual(sequences.Count == 0 ? 0 : c.window + ((sequences.Count - 1) * c.stride), sequences.Rows);
        if (label is null)
            Assert.AreEqual(0, sequences.LabelSize + sequences.Labels.Length);
        else
            Assert.AreSequenceEqual(ViewText.Rows(view, "Label"), [.. sequences.Labels.ToArray().Chunk(c.horizon)
                .Select(l => c.horizon == 1 ? $"{l[0]}" : $"[{string.Join(",", l)}]")]);
    }, iter: 300, threads: 1);

    private static IDataView Windows(RandomSeries series, SlidingWindowOptions options)
        => new MLContext().Transforms.SlidingWindow(options).Fit(series.View).Transform(series.View);

    [TestMethod]
    public void Padded_and_interleaved_windows_are_read_as_a_naive_reader_does() => (
        from seed in Gen.Int[0, 1_000_000]
        from rows in Gen.Int[1, 80]
        from window in Gen.Int[1, 8]
        from stride in Gen.Int[1, 10]
        from grouped in Gen.Bool
        from interleaved in Gen.Bool
        from padding in Gen.Enum<WindowPadding>()
        from missing in Gen.Bool // leading steps that are missing although they are of the series
        from labelled in Gen.Bool
        from dropGroup in Gen.Bool
        select (seed, rows, window, stride, grouped, interleaved: grouped && interleaved, padding, missing, labelled, dropGroup))
            .Sample(c =>
    {
        var series = new RandomSeries(c.seed, c.rows, 4, "text", c.interleaved, c.missing ? 0.4 : 0);
        var view = Windows(series, new()
        {
            InputColumns = c.missing ? ["Single"] : ["Single", "Vector"],
            MissingValues = MissingValuePolicy.ForwardFill,
            WindowLength = c.window,
            Stride = c.stride,
            GroupColumn = c.grouped ? "Group" : null,
            Groups = c.interleaved ? SeriesGroups.Interleaved : SeriesGroups.Contiguous,
            Padding = c.padding,
        });
        var features = c.missing ? 1 : 3;
        if (c.missing) // windows without any value are no sequences
            view = new MLContext().Data.FilterByCustomPredicate<Windowed>(view, row => float.IsNaN(row.Window[^1])
                || (c.padding == WindowPadding.None && row.Window.Any(float.IsNaN)));
        if (c.dropGroup)
            view = new MLContext().Transforms.DropColumns("Group").Fit(view).Transform(view);
        var sequences = Sequences.Read(view, "Window", features, c.labelled ? "Label" : null, 1, default);
        Assert.AreSequenceEqual(view.GetColumn<float[]>("Window").Select(row => $"[{string.Join(",", row.SkipWhile(float.IsNaN))}]"),
            Sequence(sequences));
        if (c.labelled)
            Assert.AreSequenceEqual(view.GetColumn<float>("Label"), sequences.Labels.ToArray());
        var windowed = series.Group.GroupBy(g => c.grouped ? g : 0).Select(group => group.Count())
            .Where(count => c.padding == WindowPadding.Start || count >= c.window);
        if (!c.missing && c.stride == 1 && !(c.interleaved && c.dropGroup))
            Assert.AreEqual(windowed.Sum(), sequences.Rows, "each row of the series is stored once");
    }, iter: 400, threads: 1);

    private sealed class Windowed
    {
        public float[] Window { get; set; } = [];
    }

    [TestMethod]
    public void Windows_that_grow_at_the_start_of_a_series_share_their_rows()
    {
        var series = new RandomSeries(5, 30, 1, "text");
        var sequences = Sequences.Read(Windows(series, new()
        {
            InputColumns = ["Single"],
            WindowLength = 6,
            Stride = 2,
            Padding = WindowPadding.Start,
        }), "Window", 1, "Label", 1, default);
        Assert.AreSequenceEqual([new(0, 2), new(0, 4), new(0, 6), new(2, 6)], sequences.Ranges[..4].ToArray());
        Assert.AreEqual(30, sequences.Rows);
    }

    [TestMethod]
    public void A_sequence_of_padding_alone_is_refused()
    {
        var data = Fixed([[0], [0], [0]], [float.NaN, 2, 3]);
        var options = new SlidingWindowOptions { InputColumns = ["Y"], WindowLength = 2, Padding = WindowPadding.Start };
        var view = _ml.Transforms.SlidingWindow(options).Fit(data).Transform(data);
        Fails.With<InvalidOperationException>(() => Sequences.Read(view, "Window", 1, "Label", 1, default), "row 1: all 2 steps are NaN");
        var infinite = Fixed([[0], [0], [0]], [1, float.NegativeInfinity, 3]);
        var padded = _ml.Transforms.SlidingWindow(options with { WindowLength = 3 }).Fit(infinite).Transform(infinite);
        Fails.With<InvalidOperationException>(() => Sequences.Read(padded, "Window", 1, null, 1, default),
            "row 2, step 3 of 3, value 1 of 1 (Y[t]): -Infinity");
    }

    private sealed class Numbered
    {
        public long Row { get; set; }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Overlapping_windows_store_each_row_once(bool annotated)
    {
        var series = new RandomSeries(5, 100, 1, "text");
        foreach (var stride in new[] { 1, 3, 19 })
        {
            var view = Windows(series, 20, stride);
            if (!annotated)
                view = _ml.Transforms.SelectColumns("Window").Fit(view).Transform(view);
            var sequences = Sequences.Read(view, "Window", 3, annotated ? "Label" : null, 1, default);
            Assert.AreEqual(((100 - 20) / stride * stride) + 20, sequences.Rows);
            Assert.AreEqual(((100 - 20) / stride) + 1, sequences.Count);
            Assert.AreEqual(new SequenceRange(stride, 20), sequences.Ranges[1]);
        }
    }

    [TestMethod]
    public void Each_group_is_stored_once()
    {
        var series = new RandomSeries(9, 200, 40, "text");
        var runs = new List<int>();
        for (var i = 0; i < series.Rows; i++)
            if (i > 0 && series.Group[i] == series.Group[i - 1])
                runs[^1]++;
            else
                runs.Add(1);
        Assert.IsGreaterThan(10, runs.Count);
        var sequences = Sequences.Read(Windows(series, 4, 1, grouped: true), "Window", 3, "Label", 1, default);
        Assert.AreEqual(runs.Where(length => length >= 4).Sum(), sequences.Rows);
    }

    [TestMethod]
    public void Windows_without_overlap_are_stored_one_after_the_other()
    {
        var random = new Random(2);
        var rows = Enumerable.Range(0, 50).Select(_ => Enumerable.Range(0, 12).Select(_ => random.NextSingle()).ToArray()).ToArray();
        var sequences = Sequences.Read(Fixed(rows), "X", 4, "Y", 1, default);
        Assert.AreEqual(150, sequences.Rows);
        Assert.AreSequenceEqual(rows.SelectMany(row => row), sequences.Values.ToArray());
    }

    [TestMethod]
    public void Equal_values_of_another_bit_pattern_are_not_shared()
    {
        var sequences = Sequences.Read(Fixed([[0f, 0f], [-0f, -0f]]), "X", 1, null, 0, default);
        Assert.IsTrue(float.IsNegative(sequences[1][0]));
        Assert.IsFalse(float.IsNegative(sequences[0][1]));
    }

    [TestMethod]
    public void Sparse_and_ragged_sequences_are_read()
    {
        var builder = new ArrayDataViewBuilder(_ml);
        builder.AddColumn("X", NumberDataViewType.Single, new VBuffer<float>(4, 1, [3], [2]), new VBuffer<float>(4, [1, 2, 3, 4]));
        Assert.AreSequenceEqual(["[0,0,3,0]", "[1,2,3,4]"], Sequence(Sequences.Read(builder.GetDataView(), "X", 2, null, 0, default)));
        var ragged = _ml.Data.LoadFromEnumerable([new Free { Values = [1, 2], Label = 5 }, new Free { Values = [1, 2, 3, 4, 5, 6],
            Label = float.NaN }]);
        var sequences = Sequences.Read(ragged, "Values", 2, "Label", 1, default);
        Assert.AreSequenceEqual([new SequenceRange(0, 1), new SequenceRange(1, 3)], sequences.Ranges.ToArray());
        Assert.AreSequenceEqual([5, float.NaN], sequences.Labels.ToArray());
    }

    [TestMethod]
    public void An_empty_view_gives_no_sequence()
    {
        var sequences = Sequences.Read(_ml.Data.SkipRows(Fixed([[1, 2]]), 3), "X", 1, "Y", 1, default);
        Assert.AreEqual((0, 0, 1, 1), (sequences.Count, sequences.Rows, sequences.LabelSize, sequences.Features));
    }

    [TestMethod]
    [DataRow(float.NaN, "NaN")]
    [DataRow(float.PositiveInfinity, "Infinity")]
    [DataRow(float.NegativeInfinity, "-Infinity")]
    public void Features_that_are_no_numbers_are_named_with_their_row(float value, string text)
    {
        var e = Assert.Throws<InvalidOperationException>(() => Sequences.Read(Fixed([[1, 2, 3, 4], [5, 6, 7, 8], [7, 8, 9, value]]),
            "X", 2, "Y", 1, default));
        Assert.Contains($"Column 'X', row 3, step 2 of 2, value 2 of 2: {text}, expected", e.Message);
        Assert.Contains("ReplaceMissingValues", e.Message);
    }

    [TestMethod]
    public void A_windows_slot_name_says_which_source_row_is_meant()
    {
        var data = Fixed([[0], [0], [0], [0]], [1, 2, float.NaN, 4]);
        var view = _ml.Transforms.SlidingWindow("Window", ["Y"], 2).Fit(data).Transform(data);
        var e = Assert.Throws<InvalidOperationException>(() => Sequences.Read(view, "Window", 1, "Label", 1, default));
        Assert.Contains("row 2, step 2 of 2, value 1 of 1 (Y[t]): NaN", e.Message);
    }

    [TestMethod]
    public void Labels_may_be_missing_but_not_infinite()
    {
        Assert.AreSequenceEqual([float.NaN, 2], Sequences.Read(Fixed([[1], [2]], [float.NaN, 2]), "X", 1, "Y", 1,
            default).Labels.ToArray());
        var e = Assert.Throws<InvalidOperationException>(() => Sequences.Read(Fixed([[1], [2]], [1, float.NegativeInfinity]), "X", 1,
            "Y", 1, default));
        Assert.Contains("Column 'Y', row 2: the label is -Infinity", e.Message);
    }

    [TestMethod]
    public void Rows_of_a_wrong_length_are_named()
    {
        var lengths = _ml.Data.LoadFromEnumerable([new Free { Values = [1, 2] }, new Free { Values = [1, 2, 3] }]);
        Fails.With<InvalidOperationException>(() => Sequences.Read(lengths, "Values", 2, null, 0, default),
            "Column 'Values', row 2: the vector has 3 values");
        var empty = _ml.Data.LoadFromEnumerable([new Free { Values = [1, 2] }, new Free()]);
        Fails.With<InvalidOperationException>(() => Sequences.Read(empty, "Values", 2, null, 0, default),
            "row 2: the vector has 0 values");
        var schema = SchemaDefinition.Create(typeof(Free));
        schema["Values"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2, 2);
        var claimed = _ml.Data.LoadFromEnumerable([new Free { Values = [1, 2, 3, 4] }, new Free { Values = [1, 2] }], schema);
        Fails.With<InvalidOperationException>(() => Sequences.Read(claimed, "Values", 2, null, 0, default),
            "row 2: the vector has 2 values, expected 4");
    }

    [TestMethod]
    public void Columns_that_do_not_fit_are_refused()
    {
        var data = Fixed([[1, 2, 3, 4]]);
        Fails.With<ArgumentException>(() => Sequences.Read(data, "Z", 1, null, 0, default), "'Z' is not in the data");
        Fails.With<ArgumentException>(() => Sequences.Read(data, "Y", 1, null, 0, default),
            "'Y' is Single, expected a vector");
        Fails.With<ArgumentException>(() => Sequences.Read(data, "X", 3, null, 0, default),
            "with 4 values, expected a multiple of the 3");
        Fails.With<ArgumentException>(() => Sequences.Read(data, "X", 1, "Y", 2, default),
            "'Y' is Single with 1 value(s), expected 2");
        Assert.Throws<ArgumentOutOfRangeException>(() => Sequences.Read(data, "X", 0, "Y", 1, default));
    }

    [TestMethod]
    public void More_values_than_an_array_holds_are_refused()
    {
        var rows = Enumerable.Range(0, 40).Select(i => new float[] { i, -i }).ToArray();
        Assert.AreEqual(40, Sequences.Read(Fixed(rows), "X", 2, null, 0, default, limit: 80).Rows);
        var e = Assert.Throws<InvalidOperationException>(() => Sequences.Read(Fixed(rows), "X", 2, null, 0, default, limit: 79));
        Assert.Contains("more than 79", e.Message);
    }

    [TestMethod]
    public void Reading_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        IEnumerable<Free> Rows()
        {
            for (var i = 0; ; i++)
            {
                if (i == 100)
                    source.Cancel();
                yield return new Free { Values = [1] };
            }
        }
        Assert.Throws<OperationCanceledException>(() => Sequences.Read(_ml.Data.LoadFromEnumerable(Rows()), "Values", 1, null, 0,
            source.Token));
    }
}
