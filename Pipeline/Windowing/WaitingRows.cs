using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// The rows of anchors that wait for their label. Their slots in a <see cref="RowBuffer"/> are used again, so that memory grows with
/// the rows that wait at a time.
/// </summary>
/// <param name="source">The source's cursor.</param>
/// <param name="columns">The columns of it that are kept.</param>
/// <param name="most">The most rows that wait at a time.</param>
/// <param name="inOrder">Whether rows are handed out in the order in which they were kept; else in that order within each series.</param>
internal sealed class WaitingRows(DataViewRow source, IEnumerable<DataViewSchema.Column> columns, int most, bool inOrder)
{
    private readonly RowBuffer _rows = new(source, columns, capacity: 1);
    private readonly Stack<int> _free = []; // where rows are not handed out in order
    private int _next;    // the slot of the next row that is kept; where rows are handed out in order, slots go round
    private int _oldest;  // the slot of the next row that is handed out, where they are handed out in order
    private int _current = -1;

    /// <summary>Keeps the source's current row, an anchor of a series, until it is handed out.</summary>
    public void Keep(Series series)
    {
        if (inOrder)
        {
            _rows.Store(_next);
            _next = After(_next);
            return;
        }
        if (!_free.TryPop(out var slot))
            slot = _next++;
        _rows.Store(slot);
        series.Waiting.Enqueue(slot);
    }

    /// <summary>Makes the oldest row that is kept for a series the current one; the slot of the one before becomes free.</summary>
    public void MoveToNext(Series series)
    {
        if (inOrder)
        {
            _current = _oldest;
            _oldest = After(_oldest);
            return;
        }
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

    private int After(int slot) => slot + 1 == most ? 0 : slot + 1;
}
