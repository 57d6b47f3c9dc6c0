using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// A forward-only cursor over one upstream cursor: keeps the position, closes upstream at the end, checks what getters are asked for.
/// </summary>
/// <param name="input">The upstream cursor, owned from here on.</param>
/// <param name="schema">The schema of the rows of this cursor.</param>
/// <param name="active">Per column of <paramref name="schema"/>: whether the caller asked for it.</param>
internal abstract class LinkedCursor(DataViewRowCursor input, DataViewSchema schema, bool[] active) : DataViewRowCursor
{
    private long _position = -1;
    private bool _ended;

    protected DataViewRowCursor Input { get; } = input;

    public sealed override DataViewSchema Schema { get; } = schema;

    public sealed override long Position => _position;

    /// <summary>One cursor is never split into several, so that every row is in the same batch.</summary>
    public sealed override long Batch => 0;

    /// <summary>Which columns of a schema a caller asked for, by index.</summary>
    public static bool[] ActiveColumns(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columnsNeeded)
    {
        var active = new bool[schema.Count];
        foreach (var column in columnsNeeded)
            active[CheckedIndex(schema, column)] = true;
        return active;
    }

    public sealed override bool IsColumnActive(DataViewSchema.Column column) => active[CheckedIndex(Schema, column)];

    public sealed override bool MoveNext()
    {
        if (_ended)
            return false;
        var moved = false;
        try
        {
            moved = MoveNextCore();
        }
        finally
        {
            if (!moved) // at the end, and after a failure: rows read in part are never handed out
                Dispose();
        }
        if (moved)
            _position++;
        return moved;
    }

    /// <summary>Moves to the next row of this cursor; never called again after it returned <see langword="false"/> or threw.</summary>
    protected abstract bool MoveNextCore();

    /// <summary>Throws unless the column is active; getters begin with it.</summary>
    protected void CheckActive(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), column.Name,
                "The requested column is not active. Name it in columnsNeeded when the cursor is opened.");
    }

    /// <summary>Throws when no row is current; values are asked for only between two successful moves.</summary>
    protected void CheckOnRow()
    {
        if (_position < 0)
            throw NotOnRow();
    }

    private static InvalidOperationException NotOnRow() =>
        new("The cursor is not on a row. Call MoveNext first, and read values only while it returns true.");

    /// <summary>Hands a getter out under the type that was asked for, or says which type the column has, as ML.NET does.</summary>
    public static ValueGetter<TValue> CheckedGetter<TValue>(Delegate getter, DataViewSchema.Column column)
        => getter as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"Invalid TValue in GetGetter for column '{column.Name}': '{typeof(TValue)}', expected type: '{column.Type.RawType}'.");

    protected override void Dispose(bool disposing)
    {
        if (_ended)
            return;
        _ended = true;
        _position = -1;
        if (disposing)
            Input.Dispose();
        base.Dispose(disposing);
    }

    private static int CheckedIndex(DataViewSchema schema, DataViewSchema.Column column)
    {
        if (column.Index >= schema.Count || schema[column.Index].Name != column.Name)
            throw new ArgumentException($"Column '{column.Name}' (index {column.Index}) is not a column of this view. "
                + "Take columns from the Schema of the view that is read.", nameof(column));
        return column.Index;
    }
}
