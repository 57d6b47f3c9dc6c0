using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>What ML.NET expects of every component, for any estimator and data that reads the same each time.</summary>
internal static class ComponentContract
{
    /// <summary>Fits the estimator and checks its transformer; returns the transformer for further checks.</summary>
    public static ITransformer Check(MLContext ml, IEstimator<ITransformer> estimator, IDataView data)
    {
        var transformer = estimator.Fit(data);
        var view = transformer.Transform(data);
        CheckSchema(estimator, transformer, data, view);
        var rows = ViewText.Rows(view);
        Assert.IsNotEmpty(rows, "the contract needs data that gives rows");
        Assert.AreSequenceEqual(rows, ViewText.Rows(view), "a second enumeration differs");
        CheckSaved(ml, transformer, data, rows);
        CheckCursors(view, rows);
        CheckSubsets(view);
        CheckGetters(view);
        CheckShuffled(view);
        CheckDownstream(ml, view, rows);
        Assert.IsEmpty(ViewText.Rows(transformer.Transform(ml.Data.SkipRows(data, 1_000_000_000))), "an empty view gives rows");
        return transformer;
    }

    /// <summary>A transformer after saving and loading through streams.</summary>
    public static ITransformer Reload(MLContext ml, ITransformer transformer, DataViewSchema inputSchema)
    {
        using var stream = new MemoryStream();
        ml.Model.Save(transformer, inputSchema, stream);
        stream.Position = 0;
        return new MLContext().Model.Load(stream, out _);
    }

    /// <summary>A schema's columns with types and annotations, in a form that compares.</summary>
    public static string[] Describe(SchemaShape shape) => [.. shape.Select(Describe).Order(StringComparer.Ordinal)];

    private static string Describe(SchemaShape.Column column)
        => $"{column.Name}: {column.GetTypeString()} {{{string.Join("; ", Describe(column.Annotations))}}}";

    private static void CheckSchema(IEstimator<ITransformer> estimator, ITransformer transformer, IDataView data, IDataView view)
    {
        var promised = Describe(estimator.GetOutputSchema(SchemaShape.Create(data.Schema)));
        Assert.AreSequenceEqual(Describe(SchemaShape.Create(transformer.GetOutputSchema(data.Schema))), promised, "the promised schema "
            + "differs");
        Assert.AreSequenceEqual(Types(transformer.GetOutputSchema(data.Schema)), Types(view.Schema), "the view's schema differs");
    }

    private static string[] Types(DataViewSchema schema) => [.. schema.Select(column => $"{column} {column.IsHidden}")];

    private static void CheckSaved(MLContext ml, ITransformer transformer, IDataView data, List<string> rows)
    {
        var loaded = Reload(ml, transformer, data.Schema).Transform(data);
        Assert.AreSequenceEqual(rows, ViewText.Rows(loaded), "the loaded transformer gives other rows");
        Assert.AreSequenceEqual(Types(transformer.GetOutputSchema(data.Schema)), Types(loaded.Schema), "the loaded transformer has another "
            + "schema");
    }

    // Two cursors in turn, one of them a step ahead, and a cursor set.
    private static void CheckCursors(IDataView view, List<string> rows)
    {
        var columns = ViewText.Visible(view.Schema);
        using var ahead = view.GetRowCursor(columns);
        using var behind = view.GetRowCursor(columns);
        var (readAhead, readBehind) = (ViewText.Reader(ahead, columns), ViewText.Reader(behind, columns));
        Assert.AreEqual(-1, ahead.Position);
        Assert.IsTrue(ahead.MoveNext());
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.IsTrue(behind.MoveNext());
            Assert.AreEqual(i, behind.Position);
            Assert.AreEqual(i + 1 < rows.Count, ahead.MoveNext());
            Assert.AreEqual(rows[i], readBehind());
            if (i + 1 < rows.Count)
                Assert.AreEqual(rows[i + 1], readAhead());
        }
        Assert.IsFalse(behind.MoveNext());
        Assert.AreEqual(-1, behind.Position);
        var all = new List<string>();
        foreach (var cursor in view.GetRowCursorSet(columns, 3))
            using (cursor)
                all.AddRange(ViewText.Rest(cursor, columns));
        Assert.AreSequenceEqual(rows.Order(), all.Order(), "a cursor set gives other rows");
        if (view.GetRowCount() is { } count)
            Assert.AreEqual(rows.Count, count);
    }

    // Each column alone, and none: the same rows with the same ids.
    private static void CheckSubsets(IDataView view)
    {
        var columns = ViewText.Visible(view.Schema);
        var ids = Ids(view, columns);
        Assert.AreEqual(ids.Count, ids.Distinct().Count(), "row ids repeat");
        Assert.AreSequenceEqual(ids, Ids(view, []), "row ids depend on the active columns");
        foreach (var column in columns)
        {
            Assert.AreSequenceEqual(ids, Ids(view, [column]), $"row ids depend on column {column.Name}");
            using var cursor = view.GetRowCursor(columns);
            Assert.AreSequenceEqual(ViewText.Rest(cursor, [column]), ViewText.Rows(view, column.Name), $"column {column.Name} alone "
                + "differs");
        }
    }

    private static List<string> Ids(IDataView view, IReadOnlyList<DataViewSchema.Column> columns)
    {
        using var cursor = view.GetRowCursor(columns);
        var get = cursor.GetIdGetter();
        var id = default(DataViewRowId);
        var ids = new List<string>();
        while (cursor.MoveNext())
        {
            get(ref id);
            ids.Add(id.ToString());
        }
        return ids;
    }

    private static void CheckGetters(IDataView view)
    {
        var column = ViewText.Visible(view.Schema)[^1];
        using var none = view.GetRowCursor([]);
        Assert.IsFalse(none.IsColumnActive(column));
        using var one = view.GetRowCursor([column]);
        Assert.IsTrue(one.IsColumnActive(column));
        Assert.Throws<Exception>(() => one.GetGetter<Guid>(column), "a getter of a wrong type");
    }

    private static void CheckShuffled(IDataView view)
    {
        if (!view.CanShuffle)
            return;
        var columns = ViewText.Visible(view.Schema);
        using var shuffled = view.GetRowCursor(columns, new Random(1));
        var rows = ViewText.Rest(shuffled, columns);
        Assert.AreSequenceEqual(ViewText.Rows(view).Order(), rows.Order(), "a shuffled cursor gives other rows");
    }

    private static void CheckDownstream(MLContext ml, IDataView view, List<string> rows)
    {
        var names = ViewText.Visible(view.Schema).Select(column => column.Name).ToArray();
        var half = (rows.Count + 1) / 2;
        Assert.AreSequenceEqual(rows.Take(half), ViewText.Rows(ml.Data.TakeRows(view, half)), "TakeRows differs");
        Assert.AreSequenceEqual(rows.Skip(half), ViewText.Rows(ml.Data.SkipRows(view, half)), "SkipRows differs");
        var cached = ml.Data.Cache(view);
        Assert.AreSequenceEqual(rows, ViewText.Rows(cached), "Cache differs");
        Assert.AreSequenceEqual(rows, ViewText.Rows(cached), "a second read of the cache differs");
        var copy = ml.Transforms.CopyColumns("ContractCopy", names[^1]).Fit(view).Transform(view);
        Assert.AreSequenceEqual(ViewText.Rows(view, names[^1]), ViewText.Rows(copy, "ContractCopy"), "CopyColumns differs");
        var selected = ml.Transforms.SelectColumns(names[^1]).Fit(view).Transform(view);
        Assert.AreSequenceEqual(ViewText.Rows(view, names[^1]), ViewText.Rows(selected), "SelectColumns differs");
    }
}
