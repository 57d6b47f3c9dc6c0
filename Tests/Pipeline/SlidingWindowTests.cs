using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class SlidingWindowTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Day
    {
        public string Share { get; set; } = "";
        public float Close { get; set; }
        public double Volume { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = [0, 0];
    }

    private static IEnumerable<Day> Days(int rows, string share = "A", int from = 0) => Enumerable.Range(from, rows)
        .Select(i => new Day { Share = share, Close = i, Volume = 100 + i, Pair = [i, -i] });

    private IDataView Series(int rows) => _ml.Data.LoadFromEnumerable(Days(rows));

    [TestMethod]
    public void Is_a_component_as_ML_NET_expects_it()
    {
        var data = _ml.Data.LoadFromEnumerable(Days(9).Concat(Days(2, "B", 100)).Concat(Days(12, "C", 200)));
        foreach (var horizon in new[] { 1, 3 })
            foreach (var stride in new[] { 1, 2 })
                ComponentContract.Check(_ml, _ml.Transforms.SlidingWindow("Window", ["Close", "Pair"], 4, horizon,
                    groupColumnName: "Share", stride: stride), data);
    }

    [TestMethod]
    public void Window_has_its_shape_and_names()
    {
        var data = Series(8);
        var concatenated = _ml.Transforms.Concatenate("Named", "Close", "Pair").Fit(data).Transform(data);
        var schema = _ml.Transforms.SlidingWindow("Window", ["Close", "Pair", "Named"], 3)
            .Fit(concatenated).GetOutputSchema(concatenated.Schema);
        var window = schema["Window"];
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 3, 6), window.Type);
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        window.GetSlotNames(ref names);
        string[] step = ["Close", "Pair0", "Pair1", "Named.Close", "Named1", "Named2"]; // Concatenate names some slots
        Assert.AreSequenceEqual(
            new[] { "[t-2]", "[t-1]", "[t]" }.SelectMany(t => step.Select(name => name + t)),
            names.DenseValues().Select(name => name.ToString()));
    }

    [TestMethod]
    public void Annotations_tell_how_the_columns_were_made()
    {
        var data = Series(8);
        var schema = _ml.Transforms.SlidingWindow("Window", ["Pair", "Close"], 3, horizon: 2, stride: 4, targetColumnName: "Close")
            .Fit(data).GetOutputSchema(data.Schema);
        Assert.AreEqual(3, WindowAnnotations.GetInt(schema["Window"], "MlNetRnn.WindowLength"));
        Assert.AreEqual(2, WindowAnnotations.GetInt(schema["Label"], "MlNetRnn.Horizon"));
        Assert.AreEqual(4, WindowAnnotations.GetInt(schema["Label"], "MlNetRnn.Stride"));
        Assert.AreEqual(2, WindowAnnotations.GetInt(schema["Label"], "MlNetRnn.TargetFeature"));
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 2), schema["Label"].Type);
        var other = _ml.Transforms.SlidingWindow("Window", ["Close"], 3, targetColumnName: "Volume").Fit(data).GetOutputSchema(data.Schema);
        Assert.IsNull(WindowAnnotations.GetInt(other["Label"], "MlNetRnn.TargetFeature"));
        Assert.AreEqual(NumberDataViewType.Single, other["Label"].Type);
    }

    [TestMethod]
    public void An_existing_column_of_the_output_name_is_shadowed()
    {
        var data = Series(4);
        var estimator = _ml.Transforms.SlidingWindow("Close", ["Close"], 2);
        ComponentContract.Check(_ml, estimator, data);
        var view = estimator.Fit(data).Transform(data);
        Assert.AreSequenceEqual(["[0,1] | 2", "[1,2] | 3", "[2,3] | NaN"], ViewText.Rows(view, "Close", "Label"));
        Assert.IsTrue(view.Schema[1].IsHidden && view.Schema[1].Name == "Close");
    }

    [TestMethod]
    public void Windows_feed_another_trainer()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(i => new Day { Close = MathF.Sin(0.1f * i) }));
        var windows = _ml.Transforms.SlidingWindow("Features", ["Close"], 10);
        var model = windows.Append(_ml.Regression.Trainers.Sdca(maximumNumberOfIterations: 100)).Fit(_ml.Data.TakeRows(data, 250));
        Assert.IsFalse(((ITransformer)model).IsRowToRowMapper);
        Assert.IsLessThan(0.1, _ml.Regression.Evaluate(model.Transform(data)).RootMeanSquaredError);
    }

    [TestMethod]
    public void Rows_of_a_source_that_never_repeats_belong_together()
    {
        var reads = 0;
        IEnumerable<Day> Changing()
        {
            var start = 1000 * ++reads;
            return Days(50, from: start);
        }
        var data = _ml.Data.LoadFromEnumerable(new Lazily<Day>(Changing));
        var view = _ml.Transforms.SlidingWindow("Window", ["Close"], 5, horizon: 3).Fit(data).Transform(data);
        for (var pass = 1; pass <= 3; pass++)
        {
            var rows = ViewText.Rows(view, "Window", "Label", "Close");
            Assert.HasCount(46, rows);
            Assert.AreEqual(pass, reads, "upstream was read more than once");
            for (var i = 0; i < 40; i++)
            {
                var t = (1000 * pass) + 4 + i;
                Assert.AreEqual($"[{t - 4},{t - 3},{t - 2},{t - 1},{t}] | [{t + 1},{t + 2},{t + 3}] | {t}", rows[i]);
            }
        }
    }

    [TestMethod]
    public void An_endless_series_streams_and_reads_no_more_than_it_needs()
    {
        var read = 0;
        IEnumerable<Day> Endless()
        {
            while (true)
                yield return new Day { Close = read++ };
        }
        var data = _ml.Data.LoadFromEnumerable(Endless());
        var view = _ml.Transforms.SlidingWindow("Window", ["Close"], 5, horizon: 3).Fit(data).Transform(data);
        Assert.AreEqual(0, read, "something was read before a cursor moved");
        using (var cursor = view.GetRowCursor([view.Schema["Window"]]))
        {
            Assert.IsTrue(cursor.MoveNext());
            Assert.IsInRange(5, 6, read, "without the label nothing is read ahead"); // ML.NET's enumerable cursor may hold one more
        }
        read = 0;
        using (var cursor = view.GetRowCursor([view.Schema["Window"], view.Schema["Label"]]))
        {
            for (var i = 0; i < 10_000; i++)
                Assert.IsTrue(cursor.MoveNext());
            Assert.IsInRange(10_007, 10_008, read);
        }
    }

    [TestMethod]
    public void Memory_does_not_grow_with_the_series()
    {
        var day = new Day { Share = "A" };
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Repeat(day, int.MaxValue));
        var view = _ml.Transforms.SlidingWindow("Window", ["Close", "Pair"], 20, horizon: 5, groupColumnName: "Share")
            .Fit(data).Transform(data);
        using var cursor = view.GetRowCursor(view.Schema);
        var window = default(VBuffer<float>);
        var label = default(VBuffer<float>);
        var pair = default(VBuffer<float>);
        var share = default(ReadOnlyMemory<char>);
        var getWindow = cursor.GetGetter<VBuffer<float>>(view.Schema["Window"]);
        var getLabel = cursor.GetGetter<VBuffer<float>>(view.Schema["Label"]);
        var getPair = cursor.GetGetter<VBuffer<float>>(view.Schema["Pair"]);
        var getShare = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Share"]);
        void Read(int rows)
        {
            for (var i = 0; i < rows; i++)
            {
                cursor.MoveNext();
                getWindow(ref window);
                getLabel(ref label);
                getPair(ref pair);
                getShare(ref share);
            }
        }
        Read(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(20_000);
        Assert.IsLessThan(20_000, GC.GetAllocatedBytesForCurrentThread() - before, "bytes for 20000 rows");
    }

    [TestMethod]
    public void A_group_value_that_the_source_overwrites_is_still_compared()
    {
        // One char array that the source writes the name into for every row.
        var name = new char[1];
        var groups = "AAABBBC".ToCharArray();
        var data = new ReusedTextView(_ml, groups, name);
        var view = _ml.Transforms.SlidingWindow("Window", ["Value"], 3, groupColumnName: "Name").Fit(data).Transform(data);
        Assert.AreSequenceEqual(["[0,1,2]", "[3,4,5]"], ViewText.Rows(view, "Window"));
    }

    [TestMethod]
    public void No_rows_where_no_group_is_as_long_as_the_window()
    {
        var data = _ml.Data.LoadFromEnumerable(Days(3).Concat(Days(3, "B")));
        var view = _ml.Transforms.SlidingWindow("Window", ["Close"], 4, groupColumnName: "Share").Fit(data).Transform(data);
        Assert.IsEmpty(ViewText.Rows(view));
        Assert.IsEmpty(ViewText.Rows(view, "Window"));
        var huge = _ml.Transforms.SlidingWindow("Window", ["Close"], 1_000_000_000).Fit(data).Transform(data);
        Assert.IsEmpty(ViewText.Rows(huge, "Window", "Label"));
    }

    [TestMethod]
    public void Is_not_row_to_row_and_says_what_to_do()
    {
        var data = Series(5);
        var transformer = _ml.Transforms.SlidingWindow("Window", ["Close"], 2).Fit(data);
        Assert.IsFalse(transformer.IsRowToRowMapper);
        var e = Assert.Throws<InvalidOperationException>(() => transformer.GetRowToRowMapper(data.Schema));
        Assert.Contains("PredictionEngine", e.Message);
        Assert.Contains("'Window'", e.Message);
        Assert.IsFalse(transformer.Transform(data).CanShuffle);
        Assert.IsNull(transformer.Transform(data).GetRowCount());
    }

    [TestMethod]
    public void Values_are_refused_before_the_first_row_and_after_the_last()
    {
        var data = Series(5);
        var view = _ml.Transforms.SlidingWindow("Window", ["Close"], 2).Fit(data).Transform(data);
        using var cursor = view.GetRowCursor(view.Schema);
        var get = cursor.GetGetter<float>(view.Schema["Label"]);
        var value = 0f;
        Assert.Throws<InvalidOperationException>(() => get(ref value));
        while (cursor.MoveNext())
            get(ref value);
        Assert.Throws<InvalidOperationException>(() => get(ref value));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<double>(view.Schema["Label"]));
        using var windowOnly = view.GetRowCursor([view.Schema["Window"]]);
        Assert.Throws<ArgumentOutOfRangeException>(() => windowOnly.GetGetter<float>(view.Schema["Label"]));
    }
}
