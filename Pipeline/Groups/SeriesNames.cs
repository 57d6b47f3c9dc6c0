using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Numbers series 0, 1, … in the order in which they are first seen, as <see cref="GroupNumbers"/>, and keeps their
/// names.</summary>
internal abstract class SeriesNames
{
    /// <summary>Series of a scalar column; null: one series that has no name.</summary>
    public static SeriesNames Create(DataViewSchema.Column? column) => column is { } group
        ? (SeriesNames)Activator.CreateInstance(typeof(OfType<>).MakeGenericType(group.Type.RawType), group)!
        : new OfOne();

    /// <summary>The column that tells series apart, or null.</summary>
    public abstract DataViewSchema.Column? Column { get; }

    /// <summary>A function that gives the current row's series, a new number for a new one.</summary>
    public abstract Func<int> Adding(DataViewRow row);

    /// <summary>A function that gives the current row's series, -1 for one that was never added.</summary>
    public abstract Func<int> Finding(DataViewRow row);

    /// <summary>A series' name; null where there is no column.</summary>
    public abstract string? Name(int series);

    /// <summary>What errors call a series, such as <c>series 'A'</c>.</summary>
    public string Describe(int series) => Name(series) is { } name ? $"series '{name}'" : "the series";

    /// <summary>A getter of the name of the series that <paramref name="at"/> tells, of the column's type.</summary>
    public abstract Delegate Getter(Func<int> at);

    private sealed class OfOne : SeriesNames
    {
        public override DataViewSchema.Column? Column => null;

        public override Func<int> Adding(DataViewRow row) => static () => 0;

        public override Func<int> Finding(DataViewRow row) => static () => 0;

        public override string? Name(int series) => null;

        public override Delegate Getter(Func<int> at) => throw new InvalidOperationException("The series has no name.");
    }

    private sealed class OfType<T>(DataViewSchema.Column column) : SeriesNames
    {
        private readonly GroupNumbers _numbers = GroupNumbers.Create(column);
        private readonly List<T> _values = [];

        public override DataViewSchema.Column? Column => column;

        public override Func<int> Adding(DataViewRow row)
        {
            var number = _numbers.Adding(row);
            var get = row.GetGetter<T>(row.Schema[column.Index]);
            return () =>
            {
                var series = number();
                if (series == _values.Count)
                    _values.Add(Read(get));
                return series;
            };
        }

        public override Func<int> Finding(DataViewRow row) => _numbers.Finding(row);

        public override string? Name(int series) => KeyNames.Name(column, _values[series]) ?? $"{_values[series]}";

        public override Delegate Getter(Func<int> at) => (ValueGetter<T>)((ref T value) => value = _values[at()]);

        // A copy of a text: the source may use its memory again.
        private static T Read(ValueGetter<T> get)
        {
            T value = default!;
            get(ref value);
            return value is ReadOnlyMemory<char> text ? (T)(object)text.ToString().AsMemory() : value;
        }
    }
}
