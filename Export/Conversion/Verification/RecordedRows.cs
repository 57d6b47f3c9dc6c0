using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Sample rows that are read once and serve twice: while the pipeline reads them, what the file takes of them is kept until
/// <see cref="Replay"/> has read it, too. Rows of a source that never gives the same again are compared with themselves; no more of
/// them is kept than the pipeline reads ahead.
/// </summary>
internal sealed class RecordedRows : IDataView
{
    private readonly IDataView _rows;
    private readonly Lock _lock = new(); // ML.NET may read ahead on a thread of its own
    private readonly Queue<int> _kept = []; // slots of the buffer in the order of their rows
    private readonly Stack<int> _free = [];
    private DataViewSchema.Column[] _columns = [];
    private RowBuffer? _buffer;
    private int _slots;
    private int _current = -1; // the replay's slot

    public RecordedRows(IDataView rows)
    {
        _rows = rows;
        Replay = new ReplayedRows(this);
    }

    /// <summary>The same rows again, behind the pipeline. Its one cursor is opened before the pipeline's.</summary>
    public IDataView Replay { get; }

    public DataViewSchema Schema => _rows.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => _rows.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        if (_buffer is not null)
            throw new InvalidOperationException("The pipeline reads its rows several times at once, so that its results cannot be compared "
                + "with the file's row by row. Export without SampleRows, and compare the two on data of your own.");
        var columns = columnsNeeded.ToArray();
        var cursor = _rows.GetRowCursor(columns.Concat(_columns).DistinctBy(c => c.Index));
        _buffer = new RowBuffer(cursor, _columns, capacity: 64);
        return new Recorder(cursor, this, LinkedCursor.ActiveColumns(Schema, columns));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private void Keep()
    {
        lock (_lock)
        {
            int slot = _free.TryPop(out int freed) ? freed : _slots++;
            _buffer!.Store(slot);
            _kept.Enqueue(slot);
        }
    }

    private bool Next()
    {
        lock (_lock)
        {
            if (_current >= 0)
                _free.Push(_current);
            _current = _kept.TryDequeue(out int slot) ? slot : -1;
            return _current >= 0;
        }
    }

    private sealed class Recorder(DataViewRowCursor input, RecordedRows rows, bool[] active) : LinkedCursor(input, rows.Schema, active)
    {
        public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            CheckActive(column);
            return Input.GetGetter<TValue>(Input.Schema[column.Index]);
        }

        protected override bool MoveNextCore()
        {
            if (!Input.MoveNext())
                return false;
            rows.Keep();
            return true;
        }
    }

    private sealed class ReplayedRows(RecordedRows rows) : IDataView
    {
        public DataViewSchema Schema => rows.Schema;

        public bool CanShuffle => false;

        public long? GetRowCount() => rows.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            rows._columns = [.. columnsNeeded];
            return new Replayer(rows, LinkedCursor.ActiveColumns(Schema, rows._columns));
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded, rand)];
    }

    private sealed class Replayer(RecordedRows rows, bool[] active) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => rows.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
        {
            lock (rows._lock)
                id = rows._buffer!.GetId(rows._current);
        };

        // The buffer is there when the pipeline's cursor is open, after this one.
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            ValueGetter<TValue>? get = null;
            return (ref TValue value) =>
            {
                lock (rows._lock)
                {
                    get ??= rows._buffer!.GetGetter<TValue>(column, () => rows._current);
                    get(ref value);
                }
            };
        }

        public override bool MoveNext()
        {
            if (!rows.Next())
                return false;
            _position++;
            return true;
        }
    }
}
