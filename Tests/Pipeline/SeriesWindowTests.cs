using CsCheck;

namespace MlNetRnn.Tests;

/// <summary>The state of one series by itself, without data views and cursors.</summary>
[TestClass]
public class SeriesWindowTests
{
    private sealed record Case(WindowShape Shape, int LookAhead, float[][] Rows, int SavedAfter);

    private static readonly Gen<Case> s_cases =
        from length in Gen.Int[1, 7]
        from inputs in Gen.Int[1, 3]
        from padding in Gen.Enum<WindowPadding>()
        from policy in Gen.Enum<MissingValuePolicy>()
        from lookAhead in Gen.Int[0, 5]
        from rows in Gen.Select(Gen.Float[-5, 5], Gen.Bool).Select(v => v.Item2 ? v.Item1 : float.NaN).Array[inputs].Array[1, 150]
        from saved in Gen.Int[0, rows.Length]
        select new Case(new(length, inputs, 1, padding, policy), lookAhead, rows, saved);

    [TestMethod]
    public void Windows_are_those_of_the_definition() => s_cases.Sample(c =>
    {
        var series = new SeriesWindow(c.Shape, c.LookAhead);
        for (var t = 0; t < c.Rows.Length; t++)
        {
            series.Append(c.Rows[t]);
            Assert.AreEqual(t, series.Newest);
            for (var anchor = Math.Max(0, t - c.LookAhead); anchor <= t; anchor++)
                if (c.Shape.IsAnchor(anchor))
                    Assert.AreSequenceEqual(Naive(c, anchor), Written(series, c.Shape, anchor));
        }
    }, iter: 300, threads: 1);

    [TestMethod]
    public void A_series_goes_on_where_it_was_saved() => s_cases.Sample(c =>
    {
        var series = new SeriesWindow(c.Shape, c.LookAhead);
        foreach (var row in c.Rows[..c.SavedAfter])
            series.Append(row);
        var restored = Restored(Saved(series), c.Shape, c.LookAhead);
        Assert.AreSequenceEqual(Saved(series), Saved(restored));
        foreach (var row in c.Rows[c.SavedAfter..])
        {
            restored.Append(row);
            if (c.Shape.IsAnchor(restored.Newest))
                Assert.AreSequenceEqual(Naive(c, (int)restored.Newest), Written(restored, c.Shape, restored.Newest));
        }
    }, iter: 300, threads: 1);

    [TestMethod]
    public void Nothing_of_a_series_is_left_in_the_next() => s_cases.Sample(c =>
    {
        var series = new SeriesWindow(c.Shape, c.LookAhead);
        foreach (var row in c.Rows)
            series.Append(row);
        series.Clear();
        var fresh = new SeriesWindow(c.Shape, c.LookAhead);
        foreach (var row in c.Rows.Reverse())
        {
            series.Append(row);
            fresh.Append(row);
        }
        Assert.AreSequenceEqual(Saved(fresh), Saved(series));
    }, iter: 100, threads: 1);

    [TestMethod]
    public void A_gap_that_began_before_the_window_is_interpolated_from_its_true_beginning()
    {
        var series = new SeriesWindow(new(3, 1, 1, WindowPadding.None, MissingValuePolicy.LinearInterpolation));
        foreach (var value in new[] { 10, float.NaN, float.NaN, float.NaN, 18, float.NaN })
            series.Append([value]);
        Assert.AreSequenceEqual([16, 18, 18], Written(series, new(3, 1, 1, WindowPadding.None, MissingValuePolicy.LinearInterpolation), 5));
    }

    [TestMethod]
    public void The_future_does_not_leak_into_a_window_that_is_handed_out_late()
    {
        var shape = new WindowShape(2, 1, 1, WindowPadding.None, MissingValuePolicy.LinearInterpolation);
        var series = new SeriesWindow(shape, lookAhead: 1);
        foreach (var value in new[] { 1, float.NaN, 9 })
            series.Append([value]);
        Assert.AreSequenceEqual([1, 1], Written(series, shape, 1));
        Assert.AreSequenceEqual([5, 9], Written(series, shape, 2));
    }

    [TestMethod]
    public void Rows_of_another_width_and_windows_that_are_not_there_are_refused()
    {
        var series = new SeriesWindow(new(2, 2, 1, WindowPadding.None, MissingValuePolicy.Keep));
        Fails.With<ArgumentException>(() => series.Append([1]), "1 values, expected 2");
        series.Append([1, 2]);
        Fails.With<InvalidOperationException>(() => series.Write(new float[4]), "No window ends at row 0", "is 1");
        series.Append([3, 4]);
        series.Append([5, 6]);
        Fails.With<InvalidOperationException>(() => series.Write(1, new float[4]), "No window ends at row 1", "the newest row is 2");
    }

    [TestMethod]
    public void A_state_of_another_window_or_a_damaged_one_is_refused()
    {
        var shape = new WindowShape(4, 2, 1, WindowPadding.Start, MissingValuePolicy.ForwardFill);
        var series = new SeriesWindow(shape);
        series.Append([1, 2]);
        var state = Saved(series);
        Fails.With<InvalidDataException>(() => Restored(state, shape with { Length = 5 }), "windows of 4 rows of 2 values",
            "expected 5 rows");
        Fails.With<InvalidDataException>(() => Restored(state, shape with { MissingValues = MissingValuePolicy.Keep }), "ForwardFill",
            "Keep");
        Assert.Throws<EndOfStreamException>(() => Restored(state[..^1], shape));
        BitConverter.TryWriteBytes(state.AsSpan(28), 3); // rows that are kept, after four int32 and int64 of the shape and the position
        Fails.With<InvalidDataException>(() => Restored(state, shape), "damaged", "3 rows are kept of 1");
    }

    [TestMethod]
    [DataRow(MissingValuePolicy.Keep)]
    [DataRow(MissingValuePolicy.LinearInterpolation)]
    [DataRow(MissingValuePolicy.Mask)]
    public void Nothing_is_allocated_per_row(MissingValuePolicy policy)
    {
        var shape = new WindowShape(20, 3, 1, WindowPadding.Start, policy);
        var (series, window) = (new SeriesWindow(shape), new float[shape.Values]);
        void Push(int rows)
        {
            Span<float> row = [1, float.NaN, 3];
            for (var i = 0; i < rows; i++)
            {
                series.Append(row);
                series.Write(window);
            }
        }
        Push(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Push(10_000);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] Written(SeriesWindow series, WindowShape shape, long anchor)
    {
        var window = new float[shape.Values];
        series.Write(anchor, window);
        return window;
    }

    private static byte[] Saved(SeriesWindow series)
    {
        using var stream = new MemoryStream();
        series.Save(new BinaryWriter(stream));
        return stream.ToArray();
    }

    private static SeriesWindow Restored(byte[] state, WindowShape shape, int lookAhead = 0)
    {
        var series = new SeriesWindow(shape, lookAhead);
        series.Restore(new BinaryReader(new MemoryStream(state)));
        return series;
    }

    private static float[] Naive(Case c, int anchor) =>
    [
        .. from p in Enumerable.Range(anchor - c.Shape.Length + 1, c.Shape.Length)
           from value in Enumerable.Range(0, c.Shape.Width)
           select p < 0 ? float.NaN
               : value >= c.Shape.Inputs ? (float.IsNaN(c.Rows[p][value - c.Shape.Inputs]) ? 0 : 1)
               : WindowReference.Filled([.. c.Rows.Take(anchor + 1).Select(row => row[value])], p, c.Shape.MissingValues),
    ];
}
