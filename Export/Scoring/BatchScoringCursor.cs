using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Reads a batch of rows from ONE input cursor, scores it, and hands the rows out. The row ids and the other columns asked for are
/// buffered with the batch: a second input cursor would give other rows wherever the input does not repeat exactly.
/// </summary>
internal sealed class BatchScoringCursor : DataViewRowCursor
{
    private const int MaximumBatch = 128; // larger ones leave the cache: slower

    private readonly DataViewRowCursor _input;
    private readonly ScoreBindings _bindings;
    private readonly HashSet<int> _active;
    private readonly ValueGetter<VBuffer<float>> _sequence;
    private readonly RowBuffer _rows;
    private readonly SequenceRunner _runner;
    private VBuffer<float> _buffer;
    private int _count;
    private int _index = -1;
    private long _position = -1;
    private long _read;
    private bool _inputEnded;

    public BatchScoringCursor(DataViewRowCursor input, ScoreBindings bindings, SessionCache sessions, DataViewSchema.Column[] columns)
    {
        _input = input;
        _bindings = bindings;
        _active = [.. columns.Select(c => c.Index)];
        _sequence = input.GetGetter<VBuffer<float>>(bindings.FeatureColumn);
        _rows = new RowBuffer(input, bindings.PassedThrough(columns), MaximumBatch);
        _runner = new SequenceRunner(sessions, MaximumBatch);
    }

    public override DataViewSchema Schema => _bindings.OutputSchema;

    public override long Position => _position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override bool MoveNext()
    {
        if (++_index >= _count && !ReadBatch())
        {
            _position = -1;
            return false;
        }
        _position++;
        return true;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _rows.GetId(CurrentSlot());

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new InvalidOperationException($"Column '{column.Name}' was not asked for when the cursor was made; it has no values.");
        int output = _bindings.OutputIndex(column);
        return output < 0
            ? _rows.GetGetter<TValue>(_bindings.InputSchema[column.Index], CurrentSlot)
            : ScoreGetter.Create<TValue>(_bindings, output, () => _runner.Output(output, CurrentSlot()));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _runner.Dispose();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool ReadBatch()
    {
        _index = 0;
        _count = 0;
        while (!_inputEnded && _count < MaximumBatch)
        {
            if (!_input.MoveNext())
                _inputEnded = true;
            else
                ReadRow();
        }
        if (_count == 0)
            return false;
        _runner.Run(_count);
        return true;
    }

    private void ReadRow()
    {
        _sequence(ref _buffer);
        _bindings.CheckLength(_buffer.Length, _read++);
        _buffer.CopyTo(_runner.Input(_count));
        _rows.Store(_count++);
    }

    private int CurrentSlot() => _index >= 0 && _index < _count
        ? _index
        : throw new InvalidOperationException("The cursor is not on a row: call MoveNext and read values only while it returns true.");
}
