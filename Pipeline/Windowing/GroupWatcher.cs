using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Notices when the group column of a cursor's current row differs from the row before.</summary>
internal abstract class GroupWatcher
{
    /// <summary>Reads the current row's group; true when it is the first row or differs from the row read before.</summary>
    public abstract bool Changed();

    /// <summary>A watcher of a column, or of no column: everything is one group.</summary>
    public static GroupWatcher Create(DataViewRow row, DataViewSchema.Column? column)
    {
        if (column is not { } group)
            return new OneGroup();
        return group.Type is TextDataViewType
            ? new TextGroup(row, group)
            : (GroupWatcher)Activator.CreateInstance(typeof(ValueGroup<>).MakeGenericType(group.Type.RawType), row, group)!;
    }

    private sealed class OneGroup : GroupWatcher
    {
        private bool _started;

        public override bool Changed() => !_started && (_started = true);
    }

    private sealed class ValueGroup<T>(DataViewRow row, DataViewSchema.Column column) : GroupWatcher
    {
        private readonly ValueGetter<T> _get = row.GetGetter<T>(column);
        private T _value = default!;
        private T _previous = default!;
        private bool _started;

        public override bool Changed()
        {
            _get(ref _value);
            if (_started && EqualityComparer<T>.Default.Equals(_value, _previous)) // NaN equals NaN here
                return false;
            (_previous, _started) = (_value, true);
            return true;
        }
    }

    private sealed class TextGroup(DataViewRow row, DataViewSchema.Column column) : GroupWatcher
    {
        private readonly ValueGetter<ReadOnlyMemory<char>> _get = row.GetGetter<ReadOnlyMemory<char>>(column);
        private ReadOnlyMemory<char> _value;
        private string? _previous; // a copy: the source may reuse its memory

        public override bool Changed()
        {
            _get(ref _value);
            if (_previous is not null && _value.Span.SequenceEqual(_previous))
                return false;
            _previous = _value.ToString();
            return true;
        }
    }
}
