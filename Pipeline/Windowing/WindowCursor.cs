using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Streams windows over one upstream cursor. A row of the series that ends a full window is an anchor. Without the label each
/// anchor is handed out as it is read. With the label the cursor reads up to <c>horizon</c> rows ahead; the anchors that wait for
/// their label have their other columns in a <see cref="RowBuffer"/>. Memory: window + horizon, whatever the length of the series.
/// </summary>
internal sealed class WindowCursor : LinkedCursor
{
    private readonly WindowBinding _binding;
    private readonly SlidingWindowSettings _settings;
    private readonly GroupWatcher _group;
    private readonly StepReader[] _inputs = [];
    private readonly StepReader? _target;
    private readonly HistoryBuffer? _steps;   // [window (+ horizon), inputs], when the window is active
    private readonly HistoryBuffer? _targets; // [horizon + 1, 1], when the label is active
    private readonly RowBuffer? _rows;        // the waiting anchors' rows, when the label is active
    private readonly int _slots;
    private readonly int _lookAhead;

    // Positions count the rows of the current group from 0.
    private long _newest = -1;  // the last row taken in
    private long _waiting;      // the oldest anchor that was not handed out
    private long _anchor;       // the anchor that this cursor is on
    private bool _groupIsOver;  // upstream stands on the first row of the next group, which was not taken in, or has ended
    private bool _inputEnded;

    public WindowCursor(DataViewRowCursor input, WindowBinding binding, bool[] active)
        : base(input, binding.OutputSchema, active)
    {
        _binding = binding;
        _settings = binding.Settings;
        _group = GroupWatcher.Create(input, binding.Group);
        _lookAhead = active[binding.LabelIndex] ? _settings.Horizon : 0;
        if (active[binding.WindowIndex])
        {
            _inputs = [.. binding.Inputs.Select(column => StepReader.Create(input, column))];
            _steps = new HistoryBuffer(binding.StepSize, (long)_settings.WindowLength + _lookAhead);
        }
        if (_lookAhead == 0)
            return;
        _target = StepReader.Create(input, binding.Target);
        _targets = new HistoryBuffer(1, _lookAhead + 1L);
        // Between an anchor and the end of its label there are horizon / stride further anchors.
        _slots = (_lookAhead / _settings.Stride) + 1;
        _rows = new RowBuffer(input, input.Schema.Where(column => active[column.Index]), _slots);
    }

    protected override bool MoveNextCore()
    {
        while (true)
        {
            if (CanHandOut())
            {
                _anchor = _waiting;
                _waiting += _settings.Stride;
                return true;
            }
            if (_inputEnded)
                return false;
            if (_groupIsOver)
                StartGroup();
            else
                Advance();
        }
    }

    // An anchor's label is complete, or the rest of it is not in the group.
    private bool CanHandOut() => _waiting <= _newest && (_groupIsOver || _newest - _waiting >= _lookAhead);

    private void Advance()
    {
        _inputEnded = !Input.MoveNext();
        _groupIsOver = _inputEnded || _group.Changed();
        if (!_groupIsOver)
            TakeRow();
    }

    private void StartGroup()
    {
        _groupIsOver = false;
        _newest = -1;
        _waiting = _settings.WindowLength - 1;
        _steps?.Clear();
        _targets?.Clear();
        TakeRow();
    }

    private void TakeRow()
    {
        _newest++;
        if (_steps is not null)
            ReadStep(_steps.Append());
        _target?.Read(_targets!.Append());
        if (_rows is not null && IsAnchor(_newest))
            _rows.Store(Slot(_newest));
    }

    private void ReadStep(Span<float> step)
    {
        foreach (var reader in _inputs)
        {
            reader.Read(step[..reader.Width]);
            step = step[reader.Width..];
        }
    }

    private bool IsAnchor(long position)
        => position >= _settings.WindowLength - 1 && (position - _settings.WindowLength + 1) % _settings.Stride == 0;

    private int Slot(long anchor) => (int)((anchor - _settings.WindowLength + 1) / _settings.Stride % _slots);

    private int CurrentSlot()
    {
        CheckOnRow();
        return Slot(_anchor);
    }

    public override ValueGetter<DataViewRowId> GetIdGetter()
    {
        if (_rows is not null)
            return (ref DataViewRowId value) => value = _rows.GetId(CurrentSlot());
        return Input.GetIdGetter();
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        CheckActive(column);
        if (column.Index == _binding.WindowIndex)
            return CheckedGetter<TValue>((ValueGetter<VBuffer<float>>)GetWindow, column);
        if (column.Index == _binding.LabelIndex)
        {
            Delegate label = _settings.Horizon == 1 ? (ValueGetter<float>)GetNext : (ValueGetter<VBuffer<float>>)GetFuture;
            return CheckedGetter<TValue>(label, column);
        }
        var source = Input.Schema[column.Index];
        return _rows is not null ? _rows.GetGetter<TValue>(source, CurrentSlot) : Input.GetGetter<TValue>(source);
    }

    private void GetWindow(ref VBuffer<float> value)
    {
        CheckOnRow();
        var window = _steps!.Rows(_anchor - _settings.WindowLength + 1, _settings.WindowLength);
        var editor = VBufferEditor.Create(ref value, window.Length);
        window.CopyTo(editor.Values);
        value = editor.Commit();
    }

    private void GetNext(ref float value)
    {
        CheckOnRow();
        value = _newest > _anchor ? _targets!.Rows(_anchor + 1, 1)[0] : float.NaN;
    }

    private void GetFuture(ref VBuffer<float> value)
    {
        CheckOnRow();
        var known = (int)Math.Min(_newest - _anchor, _settings.Horizon);
        var editor = VBufferEditor.Create(ref value, _settings.Horizon);
        _targets!.Rows(_anchor + 1, known).CopyTo(editor.Values);
        editor.Values[known..].Fill(float.NaN);
        value = editor.Commit();
    }
}
