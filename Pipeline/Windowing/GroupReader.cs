using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Reads the group of a cursor's current row as a number: 0, 1, … in the order the groups are first seen. Rows of the same group one
/// after the other cost one comparison; memory grows with the number of groups.
/// </summary>
internal abstract class GroupReader
{
    /// <summary>The current row's group; a new one has the next number.</summary>
    public abstract int Read();

    /// <summary>What errors call the group that was read last, such as <c>, group 'A'</c>.</summary>
    public abstract string Describe();

    public static GroupReader Create(DataViewRow row, DataViewSchema.Column column) => column.Type is TextDataViewType
        ? new TextGroups(row, column)
        : (GroupReader)Activator.CreateInstance(typeof(ValueGroups<>).MakeGenericType(column.Type.RawType), row, column)!;

    private sealed class ValueGroups<T>(DataViewRow row, DataViewSchema.Column column) : GroupReader
        where T : notnull
    {
        private readonly ValueGetter<T> _get = row.GetGetter<T>(column);
        private readonly Dictionary<T, int> _numbers = []; // NaN equals NaN here
        private T _value = default!;
        private T _previous = default!;
        private int _number = -1;

        public override int Read()
        {
            _get(ref _value);
            if (_number >= 0 && EqualityComparer<T>.Default.Equals(_value, _previous))
                return _number;
            _previous = _value;
            _numbers.TryAdd(_value, _numbers.Count);
            return _number = _numbers[_value];
        }

        public override string Describe() => $", group '{KeyNames.Name(column, _value) ?? $"{_value}"}'";
    }

    private sealed class TextGroups : GroupReader
    {
        private readonly ValueGetter<ReadOnlyMemory<char>> _get;
        private readonly Dictionary<string, int> _numbers = [];
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _bySpan; // no string per row
        private ReadOnlyMemory<char> _value;
        private string? _previous; // the dictionary's own copy: the source may reuse its memory
        private int _number;

        public TextGroups(DataViewRow row, DataViewSchema.Column column)
        {
            _get = row.GetGetter<ReadOnlyMemory<char>>(column);
            _bySpan = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public override int Read()
        {
            _get(ref _value);
            if (_previous is not null && _value.Span.SequenceEqual(_previous))
                return _number;
            if (!_bySpan.TryGetValue(_value.Span, out _previous, out _number))
                _numbers.Add(_previous = _value.ToString(), _number = _numbers.Count);
            return _number;
        }

        public override string Describe() => $", group '{_previous}'";
    }
}
