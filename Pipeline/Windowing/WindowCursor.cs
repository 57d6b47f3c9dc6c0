using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// Streams windows over one upstream cursor. A row of a series that ends a window is an anchor. Where nothing of the rows ahead is
/// asked for, each anchor is handed out as it is read. Else the cursor reads up to <c>horizon</c> rows ahead of each series, and the
/// anchors that wait have their other columns in <see cref="WaitingRows"/>. Interleaved groups always read ahead: which row is next
/// must not depend on the columns that are asked for.
/// </summary>
internal sealed partial class WindowCursor : LinkedCursor
{
    private readonly WindowBinding _binding;
    private readonly bool _interleaved;
    private readonly int _lookAhead;
    private readonly int _windowSize;
    private readonly int _labelSize;
    private readonly Func<int>? _groups;
    private readonly Func<string> _describeGroup;
    private readonly TimeCheck? _time;
    private readonly bool _hasSeries; // groups, or gaps in time: more than one series
    private readonly SeriesReader _reader;
    private readonly PlainWindows? _plain; // null where there is more to do than it can
    private readonly WaitingRows? _waiting; // null: an anchor is handed out while upstream stands on it
    private readonly List<Series> _all = []; // interleaved: one per group; else the one that is read

    private Series _series; // the one of upstream's row, and at the end each whose last anchors are handed out
    private long _anchor;   // the anchor that this cursor is on, a row of _series
    private int _group = -1;
    private int _tail = -1; // at the end: the next series whose last anchors are handed out

    public WindowCursor(DataViewRowCursor input, WindowBinding binding, bool[] active)
        : base(input, binding.OutputSchema, active)
    {
        var settings = binding.Settings;
        (_binding, _windowSize, _labelSize) = (binding, binding.Shape.Values, settings.Horizon * binding.Targets.Length);
        _interleaved = settings.Groups == SeriesGroups.Interleaved;
        _lookAhead = _interleaved || active[binding.LabelIndex] || (binding.FutureIndex is { } future && active[future])
            ? settings.Horizon
            : 0;
        _groups = binding.Group is null ? null : GroupNumbers.Create(binding.Group).Adding(input);
        _describeGroup = GroupName.Of(input, binding.Group);
        _time = binding.Time is { } time ? new TimeCheck(settings, TimeReader.Create(input, time), _describeGroup) : null;
        _hasSeries = _groups is not null || _time is not null;
        _reader = new SeriesReader(input, binding, active, _lookAhead, _describeGroup);
        if (_lookAhead > 0) // one row more than can follow an anchor before it is handed out
            _waiting = new(input, input.Schema.Where(column => active[column.Index]), (_lookAhead / settings.Stride) + 1, !_interleaved);
        _series = _reader.Create();
        _plain = _waiting is null && !_hasSeries ? _reader.PlainWindows() : null;
        if (!_interleaved)
            _all.Add(_series);
    }

    protected override bool MoveNextCore()
    {
        if (_plain is not null)
            return _plain.MoveNext();
        return _waiting is null ? MoveToNextAnchor() : MoveToNextWaiting();
    }

    // Nothing ahead is needed: an anchor is handed out while upstream stands on it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MoveToNextAnchor()
    {
        while (Input.MoveNext())
        {
            if (_hasSeries && StartsSeries())
                _series.Restart();
            if (_reader.Take(_series))
            {
                _anchor = _series.Newest;
                return true;
            }
        }
        return false;
    }

    private bool MoveToNextWaiting()
    {
        // While a series goes on nothing waits that could be handed out: each row that is taken in completes one anchor at most.
        var found = _series.IsOver && _series.TryNext(_lookAhead, out _anchor);
        while (!found)
        {
            if (!_series.IsOver)
                Advance();
            else if (!BeginNext())
                return false;
            found = _series.TryNext(_lookAhead, out _anchor);
        }
        _waiting!.MoveToNext(_series);
        return true;
    }

    private void Advance()
    {
        if (!Input.MoveNext())
        {
            _tail = 0;
            if (!EndNextSeries())
                _series.IsOver = true; // there were no rows
            return;
        }
        if (_hasSeries && StartsSeries())
            _series.IsOver = true; // its last anchors go before the row is taken in
        else
            Take();
    }

    // Whether a series begins with upstream's row: a group, or what follows a gap in time.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool StartsSeries()
    {
        var isNew = _groups is not null && Enter(_groups());
        var isAfterGap = _time is not null && _time.StartsSeries(_series.Clock!, _time.Read(), Input.Position + 1);
        return isNew || isAfterGap;
    }

    // Nothing of a series that is over is left: upstream stands on the first row of the next, or has ended.
    private bool BeginNext()
    {
        if (_tail >= 0)
            return EndNextSeries();
        _series.Restart();
        Take();
        return true;
    }

    private bool EndNextSeries()
    {
        if (_tail == _all.Count)
            return false;
        _series = _all[_tail++];
        return _series.IsOver = true;
    }

    private void Take()
    {
        if (_reader.Take(_series))
            _waiting!.Keep(_series);
    }

    private bool Enter(int group) => _interleaved ? EnterInterleaved(group) : EnterContiguous(group);

    // True when the row is of another group than the one before: its series begins once the last one has been handed out.
    private bool EnterContiguous(int group)
    {
        if (group == _group)
            return false;
        if (group < _group)
            throw new InvalidOperationException($"SlidingWindow: row {Input.Position + 1}{_describeGroup()}: rows of the group column "
                + $"'{_binding.Settings.GroupColumnName}' come again after those of other groups, expected all rows of a group one after "
                + "the other. Sort the data by group, or use SlidingWindowOptions with Groups = SeriesGroups.Interleaved.");
        _group = group;
        _series.Clock?.Clear();
        return true;
    }

    private bool EnterInterleaved(int group)
    {
        if (group == _all.Count)
            _all.Add(_reader.Create());
        _series = _all[group];
        return false;
    }
}
