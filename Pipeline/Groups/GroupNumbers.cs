using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Numbers the groups of a column 0, 1, … in the order they are first seen, so that counters are plain arrays. Filled by one
/// pass and read by many cursors at once afterwards. Rows of one group after the other cost one comparison. Memory grows with the
/// number of groups.
/// </summary>
internal abstract class GroupNumbers
{
    /// <summary>The number of groups seen by <see cref="Adding"/>.</summary>
    public abstract int Count { get; }

    /// <summary>A function that gives the current row's group, a new number for a new group.</summary>
    public abstract Func<int> Adding(DataViewRow row);

    /// <summary>A function that gives the current row's group, -1 for one that was never added.</summary>
    public abstract Func<int> Finding(DataViewRow row);

    /// <summary>Numbers for a column, or for no column: every row is in group 0.</summary>
    public static GroupNumbers Create(DataViewSchema.Column? column) => column switch
    {
        null => new OneGroup(),
        { Type: TextDataViewType } text => new TextGroups(text),
        { } other => (GroupNumbers)Activator.CreateInstance(typeof(ValueGroups<>).MakeGenericType(other.Type.RawType), other)!,
    };

    private sealed class OneGroup : GroupNumbers
    {
        public override int Count => 1;

        public override Func<int> Adding(DataViewRow row) => static () => 0;

        public override Func<int> Finding(DataViewRow row) => static () => 0;
    }

    private sealed class ValueGroups<T>(DataViewSchema.Column column) : GroupNumbers
        where T : notnull
    {
        private readonly Dictionary<T, int> _numbers = []; // NaN equals NaN here

        public override int Count => _numbers.Count;

        public override Func<int> Adding(DataViewRow row) => Reading(row, value =>
        {
            _numbers.TryAdd(value, _numbers.Count);
            return _numbers[value];
        });

        public override Func<int> Finding(DataViewRow row) => Reading(row, value => _numbers.GetValueOrDefault(value, -1));

        private Func<int> Reading(DataViewRow row, Func<T, int> number)
        {
            var get = row.GetGetter<T>(column);
            var (value, previous, last, isFirst) = (default(T)!, default(T)!, -1, true);
            return () =>
            {
                get(ref value);
                if (isFirst || !EqualityComparer<T>.Default.Equals(value, previous))
                    (previous, last, isFirst) = (value, number(value), false);
                return last;
            };
        }
    }

    private sealed class TextGroups : GroupNumbers
    {
        private readonly DataViewSchema.Column _column;
        private readonly Dictionary<string, int> _numbers = [];
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _bySpan; // no string per row

        public TextGroups(DataViewSchema.Column column)
        {
            _column = column;
            _bySpan = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public override int Count => _numbers.Count;

        public override Func<int> Adding(DataViewRow row) => Reading(row, value =>
        {
            if (!_bySpan.TryGetValue(value, out var own, out var number))
                _numbers.Add(own = value.ToString(), number = _numbers.Count);
            return (own, number);
        });

        public override Func<int> Finding(DataViewRow row)
            => Reading(row, value => _bySpan.TryGetValue(value, out var own, out var number) ? (own, number) : (null, -1));

        // The last text is kept as the dictionary's own copy: the source may reuse its memory.
        private Func<int> Reading(DataViewRow row, Func<ReadOnlySpan<char>, (string? Own, int Number)> find)
        {
            var get = row.GetGetter<ReadOnlyMemory<char>>(_column);
            var (value, last) = (default(ReadOnlyMemory<char>), (Own: (string?)null, Number: -1));
            return () =>
            {
                get(ref value);
                if (last.Own is null || !value.Span.SequenceEqual(last.Own))
                    last = find(value.Span);
                return last.Number;
            };
        }
    }
}
