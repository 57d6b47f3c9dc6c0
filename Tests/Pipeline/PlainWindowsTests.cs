using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Windows of Single columns with nothing else asked for: the path that does no more than it must.</summary>
[TestClass]
public class PlainWindowsTests
{
    private sealed record Case(int Seed, int Rows, int Columns, int Length, int Stride, bool Fill);

    private static readonly Gen<Case> s_cases =
        from seed in Gen.Int[0, 1_000_000]
        from rows in Gen.Frequency((3, Gen.Int[1, 60]), (1, Gen.Int[500, 3000])) // more than are buffered, too
        from columns in Gen.Int[1, 11]
        from length in Gen.Frequency((4, Gen.Int[1, 12]), (1, Gen.Int[13, 400]))
        from stride in Gen.Int[1, 7]
        from fill in Gen.Bool
        select new Case(seed, rows, columns, length, stride, fill);

    [TestMethod]
    public void Each_is_the_last_rows_up_to_its_own() => s_cases.Sample(c =>
    {
        var (values, view) = Data(c);
        var windows = Windows(c, view);
        using var cursor = windows.GetRowCursor([windows.Schema["Window"], windows.Schema["Row"]]);
        var (getWindow, getRow) = (cursor.GetGetter<VBuffer<float>>(windows.Schema["Window"]), cursor.GetGetter<int>(windows.Schema["Row"]));
        var (window, row) = (default(VBuffer<float>), 0);
        int expected = c.Length - 1;
        for (; cursor.MoveNext(); expected += c.Stride)
        {
            getRow(ref row);
            getWindow(ref window);
            Assert.AreEqual(expected, row);
            Assert.IsTrue(window.IsDense);
            Assert.AreSequenceEqual(values.Skip(row - c.Length + 1).Take(c.Length).SelectMany(v => v), window.DenseValues());
        }
        Assert.IsGreaterThanOrEqualTo(c.Rows, expected, "none should be left out");
    }, iter: 300, threads: 1);

    [TestMethod]
    public void A_receiver_of_any_kind_is_filled_and_others_are_left_alone()
    {
        var c = new Case(1, 30, 2, 3, 1, Fill: false);
        var windows = Windows(c, Data(c).View);
        using var cursor = windows.GetRowCursor([windows.Schema["Window"]]);
        var get = cursor.GetGetter<VBuffer<float>>(windows.Schema["Window"]);
        Assert.IsTrue(cursor.MoveNext());
        VBuffer<float> expected = default;
        get(ref expected);
        var held = expected.DenseValues().ToArray();
        VBuffer<float>[] receivers =
        [
            default, new(6, new float[6]), new(6, new float[9]), new(4, new float[4]), new(9, new float[9]),
            new(6, 2, [1, 2], [0, 3]), new(6, 0, [], []), new(6, 6, new float[6], new int[6]),
        ];
        foreach (var receiver in receivers)
        {
            var value = receiver;
            get(ref value);
            Assert.IsTrue(value.IsDense);
            Assert.AreSequenceEqual(held, value.DenseValues());
        }
        Assert.IsTrue(cursor.MoveNext());
        VBuffer<float> next = default;
        get(ref next);
        Assert.AreSequenceEqual(held, expected.DenseValues(), "a vector that was handed out is the receiver's");
        Assert.AreSequenceEqual(held[2..], next.DenseValues().Take(4));
    }

    [TestMethod]
    public void No_value_is_given_before_the_first_row_after_the_last_and_after_a_failure()
    {
        var c = new Case(1, 5, 2, 3, 1, Fill: false);
        var view = new MLContext().Data.LoadFromEnumerable(Failing());
        foreach (var source in new[] { Data(c).View, view })
        {
            var windows = Windows(c, source);
            using var cursor = windows.GetRowCursor([windows.Schema["Window"]]);
            var get = cursor.GetGetter<VBuffer<float>>(windows.Schema["Window"]);
            VBuffer<float> value = default;
            Fails.With<InvalidOperationException>(() => get(ref value), "not on a row");
            try
            {
                while (cursor.MoveNext())
                    get(ref value);
            }
            catch (NotSupportedException)
            {
                Assert.AreSame(view, source);
            }
            Fails.With<InvalidOperationException>(() => get(ref value), "not on a row");
            Assert.IsFalse(cursor.MoveNext());
        }

        static IEnumerable<Row> Failing()
        {
            for (int i = 0; i < 4; i++)
                yield return new Row { C0 = i, C1 = i };
            throw new NotSupportedException();
        }
    }

    private static IDataView Windows(Case c, IDataView view)
    {
        var options = new SlidingWindowOptions
        {
            InputColumns = [.. Enumerable.Range(0, c.Columns).Select(i => $"C{i}")],
            WindowLength = c.Length,
            Stride = c.Stride,
            MissingValues = c.Fill ? MissingValuePolicy.ForwardFill : MissingValuePolicy.Keep,
        };
        return new MLContext().Transforms.SlidingWindow(options).Fit(view).Transform(view);
    }

    // Rows of values as the windows should have them, and the view.
    private static (float[][] Values, IDataView View) Data(Case c)
    {
        var (random, builder) = (new Random(c.Seed), new ArrayDataViewBuilder(new MLContext()));
        float[][] columns = [.. Enumerable.Range(0, c.Columns).Select(_ => Enumerable.Range(0, c.Rows)
            .Select(_ => random.Next(4) == 0 ? float.NaN : random.NextSingle()).ToArray())];
        for (int i = 0; i < columns.Length; i++)
            builder.AddColumn($"C{i}", NumberDataViewType.Single, columns[i]);
        builder.AddColumn("Row", NumberDataViewType.Int32, Enumerable.Range(0, c.Rows).ToArray());
        var values = Enumerable.Range(0, c.Rows).Select(row => columns.Select(column => column[row]).ToArray()).ToArray();
        for (int row = 1; row < c.Rows && c.Fill; row++)
            values[row] = [.. values[row].Select((value, i) => float.IsNaN(value) ? values[row - 1][i] : value)];
        return (values, builder.GetDataView(c.Rows));
    }

    private sealed class Row
    {
        public float C0 { get; set; }

        public float C1 { get; set; }
    }
}
