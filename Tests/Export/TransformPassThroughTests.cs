using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class TransformPassThroughTests : IDisposable
{
    private const int Count = 300; // two whole batches and a part

    private readonly MLContext _ml = new(1);
    private readonly SequenceTransformer _transformer = new(TinyModel.Regression);
    private readonly SequencePredictor _predictor = new(TinyModel.Regression);
    private int _enumerations;

    // Other rows at every enumeration.
    private IDataView Unrepeatable => _ml.Data.LoadFromEnumerable(new Lazily<WindowRow>(() => Random(seed: ++_enumerations)));

    private IDataView Repeatable => _ml.Data.LoadFromEnumerable(Random(seed: 1).ToArray());

    public void Dispose()
    {
        _transformer.Dispose();
        _predictor.Dispose();
    }

    [TestMethod]
    public void Scores_and_other_columns_are_of_the_same_row_though_the_input_never_repeats()
    {
        var scored = _transformer.Transform(Unrepeatable);

        Assert.AreEqual(Count, CheckRows(scored));
        int afterFirst = _enumerations;
        Assert.AreEqual(Count, CheckRows(scored));

        Assert.AreEqual(1, _enumerations - afterFirst, "one pass over the input");
    }

    [TestMethod]
    public void Each_row_keeps_its_id()
    {
        var input = Repeatable;

        var ids = Ids(_transformer.Transform(input), "Score", "Name");

        Assert.AreSequenceEqual(Ids(input, "Name"), ids);
        Assert.AreSequenceEqual(ids, Ids(_transformer.Transform(input), "Name"), "also where nothing is scored");
        Assert.HasCount(Count, ids.Distinct());
    }

    [TestMethod]
    public void A_shuffled_cursor_shuffles_whole_rows()
    {
        var scored = _transformer.Transform(_ml.Data.Cache(Repeatable)); // a cache can shuffle
        Assert.IsTrue(scored.CanShuffle);

        using var cursor = scored.GetRowCursor(scored.Schema, new Random(3));

        var names = new List<string>();
        Assert.AreEqual(Count, CheckRows(cursor, names));
        Assert.AreSequenceEqual(names.Order(), ViewText.Rows(scored, "Name").Order());
        Assert.AreNotEqual(string.Join(' ', ViewText.Rows(scored, "Name")), string.Join(' ', names));
    }

    [TestMethod]
    public void ShuffleRows_before_and_after_scoring_keeps_rows_whole()
    {
        Assert.AreEqual(Count, CheckRows(_ml.Data.ShuffleRows(_transformer.Transform(Repeatable), seed: 5)));
        Assert.AreEqual(Count, CheckRows(_transformer.Transform(_ml.Data.ShuffleRows(Repeatable, seed: 5))));
    }

    [TestMethod]
    public void Interleaved_cursors_do_not_disturb_each_other()
    {
        var scored = _transformer.Transform(Unrepeatable);
        using var first = scored.GetRowCursor(scored.Schema);
        using var second = scored.GetRowCursor(scored.Schema);
        var checkFirst = RowCheck(first);
        var checkSecond = RowCheck(second);
        for (int i = 0; i < Count; i++)
        {
            Assert.IsTrue(first.MoveNext());
            checkFirst();
            if (i % 3 != 0)
                continue;
            Assert.IsTrue(second.MoveNext());
            checkSecond();
            checkFirst();
        }
        Assert.IsFalse(first.MoveNext());
        Assert.IsTrue(second.MoveNext());
        checkSecond();
    }

    [TestMethod]
    public void Cursors_on_several_threads_give_the_same_as_one()
    {
        var scored = _transformer.Transform(Repeatable);
        var expected = ViewText.Rows(scored);

        var rows = new List<string>[6];
        Parallel.For(0, rows.Length, new ParallelOptions { MaxDegreeOfParallelism = rows.Length }, i => rows[i] = ViewText.Rows(scored));

        foreach (var actual in rows)
            Assert.AreSequenceEqual(expected, actual);
    }

    [TestMethod]
    public void A_cursor_set_gives_every_row_once()
    {
        var scored = _transformer.Transform(Repeatable);
        var names = new List<string>();
        foreach (var cursor in scored.GetRowCursorSet(scored.Schema, 4))
        {
            using (cursor)
                CheckRows(cursor, names);
        }
        Assert.AreSequenceEqual(ViewText.Rows(scored, "Name").Order(), names.Order());
    }

    [TestMethod]
    public void Any_subset_of_columns_has_the_values_of_the_whole()
    {
        var scored = _transformer.Transform(Repeatable);
        var columns = ViewText.Visible(scored.Schema);
        for (int subset = 1; subset < 1 << columns.Length; subset++)
        {
            string[] names = [.. columns.Where((_, i) => (subset & (1 << i)) != 0).Select(c => c.Name)];
            using var all = scored.GetRowCursor(columns);
            Assert.AreSequenceEqual(ViewText.Rest(all, [.. names.Select(n => scored.Schema[n])]), ViewText.Rows(scored, names), string.Join(' ', names));
        }
    }

    [TestMethod]
    public void The_model_is_not_run_when_no_output_column_is_asked_for()
    {
        // A row that cannot be scored: reading its other columns succeeds only if nobody tries.
        var input = _ml.Data.LoadFromEnumerable(new[] { new WindowRow { Window = [1], Name = "short" } });

        Assert.AreSequenceEqual(["short"], ViewText.Rows(_transformer.Transform(input), "Name"));

        Assert.Throws<InvalidOperationException>(() => ViewText.Rows(_transformer.Transform(input), "Score"));
    }

    private static IEnumerable<WindowRow> Random(int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, Count).Select(_ => WindowRow.Random(random));
    }

    private int CheckRows(IDataView scored)
    {
        using var cursor = scored.GetRowCursor(scored.Schema);
        return CheckRows(cursor, []);
    }

    private int CheckRows(DataViewRowCursor cursor, List<string> names)
    {
        var check = RowCheck(cursor);
        int count = 0;
        for (; cursor.MoveNext(); count++)
            names.Add(check());
        return count;
    }

    /// <summary>Checks the current row's columns against each other and gives its name.</summary>
    private Func<string> RowCheck(DataViewRow row)
    {
        var window = row.GetGetter<VBuffer<float>>(row.Schema["Window"]);
        var name = row.GetGetter<ReadOnlyMemory<char>>(row.Schema["Name"]);
        var code = row.GetGetter<uint>(row.Schema["Code"]);
        var extra = row.GetGetter<VBuffer<double>>(row.Schema["Extra"]);
        var score = row.GetGetter<float>(row.Schema["Score"]);
        VBuffer<float> w = default;
        ReadOnlyMemory<char> n = default;
        VBuffer<double> e = default;
        uint c = 0;
        float s = 0;
        return () =>
        {
            score(ref s);
            extra(ref e);
            code(ref c);
            name(ref n);
            window(ref w);
            float[] values = [.. w.DenseValues()];
            Assert.AreEqual(_predictor.Predict(values)[0], s, 1e-6f);
            Assert.AreEqual(WindowRow.NameOf(values), n.ToString());
            Assert.AreEqual(WindowRow.CodeOf(values) + 1, c);
            Assert.AreSequenceEqual([values[1], values[2]], e.DenseValues());
            return n.ToString();
        };
    }

    private static List<DataViewRowId> Ids(IDataView view, params string[] columns)
    {
        using var cursor = view.GetRowCursor(columns.Select(c => view.Schema[c]));
        var get = cursor.GetIdGetter();
        var ids = new List<DataViewRowId>();
        DataViewRowId id = default;
        while (cursor.MoveNext())
        {
            get(ref id);
            ids.Add(id);
        }
        return ids;
    }
}
