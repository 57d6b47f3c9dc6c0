using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Keeps rows of chosen columns of ONE cursor, so that a cursor that must read ahead (a batch, a look-ahead) can still hand
/// out the other columns of an earlier row. A second upstream cursor would pair wrong rows whenever a source does not repeat exactly.
/// One typed array per column, which grows with the slots that are used; a slot is written by <see cref="Store"/> and overwritten when
/// it is stored again.
/// </summary>
internal sealed class RowBuffer
{
    private readonly DataViewSchema _schema;
    private readonly ColumnStore?[] _stores; // by column index, null: not buffered
    private readonly ColumnStore[] _buffered;
    private DataViewRowId[] _ids;
    private readonly ValueGetter<DataViewRowId> _getId;

    /// <param name="source">The row or cursor that is read; it stays the caller's.</param>
    /// <param name="columns">Columns of the source's schema, active in it.</param>
    /// <param name="capacity">The number of slots to begin with.</param>
    public RowBuffer(DataViewRow source, IEnumerable<DataViewSchema.Column> columns, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _schema = source.Schema;
        _stores = new ColumnStore?[_schema.Count];
        foreach (var column in columns)
            _stores[column.Index] ??= ColumnStore.Create(source, column, capacity);
        _buffered = [.. _stores.OfType<ColumnStore>()];
        _ids = new DataViewRowId[capacity];
        _getId = source.GetIdGetter();
    }

    /// <summary>Copies the source's current row into a slot.</summary>
    public void Store(int slot)
    {
        if (slot >= _ids.Length)
            Grow((int)Math.Min(Array.MaxLength, Math.Max(2L * _ids.Length, slot + 1L)));
        foreach (var store in _buffered)
            store.Store(slot);
        _getId(ref _ids[slot]);
    }

    private void Grow(int capacity)
    {
        foreach (var store in _buffered)
            store.Grow(capacity);
        Array.Resize(ref _ids, capacity);
    }

    /// <summary>The id of the row in a slot.</summary>
    public DataViewRowId GetId(int slot) => _ids[slot];

    /// <summary>A getter of a buffered column's value in the slot that <paramref name="slot"/> names at the time of the call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is not buffered.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the column's type.</exception>
    public ValueGetter<T> GetGetter<T>(DataViewSchema.Column column, Func<int> slot)
    {
        var store = column.Index < _stores.Length && _schema[column.Index].Name == column.Name ? _stores[column.Index] : null;
        if (store is null)
            throw new ArgumentOutOfRangeException(nameof(column), column.Name, "The requested column is not active: it is not among the "
                + "buffered columns.");
        return LinkedCursor.CheckedGetter<T>(store.GetGetter(slot), column);
    }

    private abstract class ColumnStore
    {
        public abstract void Store(int slot);

        public abstract void Grow(int capacity);

        public abstract Delegate GetGetter(Func<int> slot);

        public static ColumnStore Create(DataViewRow source, DataViewSchema.Column column, int capacity)
        {
            var store = column.Type is VectorDataViewType vector
                ? typeof(VectorStore<>).MakeGenericType(vector.ItemType.RawType)
                : typeof(ScalarStore<>).MakeGenericType(column.Type.RawType);
            return (ColumnStore)Activator.CreateInstance(store, source, column, capacity)!;
        }
    }

    private sealed class ScalarStore<T>(DataViewRow source, DataViewSchema.Column column, int capacity) : ColumnStore
    {
        private T[] _values = new T[capacity];
        private readonly ValueGetter<T> _read = source.GetGetter<T>(column);

        public override void Store(int slot) => _read(ref _values[slot]);

        public override void Grow(int capacity) => Array.Resize(ref _values, capacity);

        public override Delegate GetGetter(Func<int> slot) => (ValueGetter<T>)((ref T value) => value = _values[slot()]);
    }

    private sealed class VectorStore<T>(DataViewRow source, DataViewSchema.Column column, int capacity) : ColumnStore
    {
        private VBuffer<T>[] _values = new VBuffer<T>[capacity];
        private readonly ValueGetter<VBuffer<T>> _read = source.GetGetter<VBuffer<T>>(column);

        // The source fills the slot's own buffer: its arrays are reused from row to row.
        public override void Store(int slot) => _read(ref _values[slot]);

        public override void Grow(int capacity) => Array.Resize(ref _values, capacity);

        // A copy: the receiver may keep or edit its buffer.
        public override Delegate GetGetter(Func<int> slot)
            => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[slot()].CopyTo(ref value));
    }
}
