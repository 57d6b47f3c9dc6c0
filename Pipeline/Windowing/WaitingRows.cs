using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// The rows of anchors that wait for their label. Their slots in a <see cref="RowBuffer"/> are used again, so that memory grows with
/// the rows that wait at a time.
/// </summary>
internal sealed class WaitingRows(DataViewRow source, IEnumerable<DataViewSchema.Column> columns)
{
    private readonly RowBuffer _rows = new(source, columns, capacity: 1);
    private readonly Stack<int> _free = [];
    private int _slots;
    private int _current = -1;

    /// <summary>Keeps the source's current row, an anchor of a series, until it is handed out.</summary>
    public void Keep(Series series)
    {
        if (!_free.TryPop(out var slot))
            slot = _slots++;
        _rows.Store(slot);
        series.Waiting.Enqueue(slot);
    }

    /// <summary>Makes the oldest row that is kept for a series the current one; the slot of the one before becomes free.</summary>
    public void MoveToNext(Series series)
    {
        if (_current >= 0)
            _free.Push(_current);
        _current = series.Waiting.Dequeue();
    }

    /// <summary>The id of the current row.</summary>
    public DataViewRowId GetId() => _rows.GetId(_current);

    /// <summary>A getter of a column of the row that is current at the time of the call.</summary>
    /// <param name="column">The source's column.</param>
    /// <param name="check">Throws when no row is current.</param>
    public ValueGetter<T> GetGetter<T>(DataViewSchema.Column column, Action check) => _rows.GetGetter<T>(column, () =>
    {
        check();
        return _current;
    });
}
