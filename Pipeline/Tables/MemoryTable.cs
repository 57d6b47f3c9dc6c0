using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>A view of results that are in memory: each column is a getter by the number of the row.</summary>
internal sealed class MemoryTable : IDataView
{
    private readonly long _rows;
    private readonly Func<Func<long>, Delegate>[] _getters;

    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">Each with what makes a getter of the row that a function tells.</param>
    /// <exception cref="ArgumentException">Two columns have one name.</exception>
    public MemoryTable(long rows, IReadOnlyList<Column> columns)
    {
        foreach (var (name, count) in columns.CountBy(column => column.Name))
            if (count > 1)
                throw new ArgumentException($"The result has {count} columns '{name}': rename the column of that name in the data.");
        (_rows, _getters) = (rows, [.. columns.Select(column => column.Getter)]);
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => _rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => new Cursor(this, LinkedCursor.ActiveColumns(Schema, columnsNeeded));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    /// <summary>A column of Single values.</summary>
    public static Column Singles(string name, Func<long, float> value) => Of(name, NumberDataViewType.Single, value);

    /// <summary>A column of scalars.</summary>
    public static Column Of<T>(string name, DataViewType type, Func<long, T> value, DataViewSchema.Annotations? annotations = null)
        => new(name, type, row => (ValueGetter<T>)((ref T result) => result = value(row())), annotations);

    /// <param name="Name">The column's name.</param>
    /// <param name="Type">Its type.</param>
    /// <param name="Getter">Makes a getter of the row that a function tells.</param>
    /// <param name="Annotations">Its annotations.</param>
    internal sealed record Column(string Name, DataViewType Type, Func<Func<long>, Delegate> Getter,
        DataViewSchema.Annotations? Annotations = null);

    private sealed class Cursor(MemoryTable table, bool[] active) : DataViewRowCursor
    {
        private long _position = -1;
        private bool _ended;

        public override DataViewSchema Schema => table.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override bool MoveNext()
        {
            _ended = _ended || _position + 1 == table._rows;
            _position = _ended ? -1 : _position + 1;
            return !_ended;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter()
            => (ref DataViewRowId value) => value = new DataViewRowId((ulong)Current(), 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
                throw new ArgumentOutOfRangeException(nameof(column), column.Name,
                    "The requested column is not active. Name it in columnsNeeded when the cursor is opened.");
            return LinkedCursor.CheckedGetter<TValue>(table._getters[column.Index](Current), column);
        }

        private long Current() => _position >= 0
            ? _position
            : throw new InvalidOperationException("The cursor is not on a row. Call MoveNext first, and read values only while it returns true.");
    }
}
