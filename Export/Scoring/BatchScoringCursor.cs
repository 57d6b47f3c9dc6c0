using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Reads a batch of rows from ONE input cursor, scores it, and hands the rows out. The row ids and the other columns asked for are
/// buffered with the batch: a second input cursor would give other rows wherever the input does not repeat exactly.
/// </summary>
internal sealed class BatchScoringCursor : LinkedCursor
{
    private const int FirstSlots = 64; // of the buffered columns, which grow with the rows there are

    private readonly ScoreBindings _bindings;
    private readonly ValueGetter<VBuffer<float>> _sequence;
    private readonly RowBuffer _rows;
    private readonly RowBatch _batch;
    private VBuffer<float> _buffer;
    private int _index;  // the row of the batch that this cursor is on
    private long _read;  // rows read in all
    private bool _inputEnded;

    public BatchScoringCursor(DataViewRowCursor input, ScoreBindings bindings, SessionCache sessions, bool[] active)
        : base(input, bindings.OutputSchema, active)
    {
        _bindings = bindings;
        _sequence = bindings.SequenceGetter(input);
        _rows = new RowBuffer(input, bindings.InputSchema.Where(c => active[c.Index]), FirstSlots);
        _batch = new RowBatch(sessions);
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _rows.GetId(CurrentSlot());

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        CheckActive(column);
        return _bindings.Score(column) is { } score
            ? CheckedGetter<TValue>(score.Getter(() => _batch.Output(score.Output, CurrentSlot())), column)
            : _rows.GetGetter<TValue>(_bindings.InputSchema[column.Index], CurrentSlot);
    }

    protected override bool MoveNextCore() => ++_index < _batch.Count || ReadBatch();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _batch.Dispose();
        base.Dispose(disposing);
    }

    private bool ReadBatch()
    {
        _index = 0;
        _batch.Clear();
        while (!_inputEnded && !_batch.IsFull)
        {
            if (!Input.MoveNext())
                _inputEnded = true;
            else
                ReadRow();
        }
        if (_batch.Count == 0)
            return false;
        _batch.Score();
        return true;
    }

    private void ReadRow()
    {
        _sequence(ref _buffer);
        _bindings.CheckLength(_buffer.Length, _read++);
        _rows.Store(_batch.Count);
        _buffer.CopyTo(_batch.Add(_buffer.Length));
    }

    private int CurrentSlot()
    {
        CheckOnRow();
        return _index;
    }
}
