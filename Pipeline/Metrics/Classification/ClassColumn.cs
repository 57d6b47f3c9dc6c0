using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// A column that names a class in each row: a key, text, Boolean or number. Numbers its classes 0, 1, …; those of keys and Booleans
/// are known from the schema, those of text and numbers once all rows are read.
/// </summary>
internal abstract class ClassColumn
{
    /// <summary>What <see cref="Reading"/> gives for a row that has no class.</summary>
    public const int Missing = -1;

    /// <summary>The most classes that are told apart: a matrix of them takes 128 MB.</summary>
    public const int MostClasses = 4096;

    protected ClassColumn(DataViewSchema.Column column) => Column = column;

    public DataViewSchema.Column Column { get; }

    /// <summary>Whether the schema tells the classes; else <see cref="Names"/> grows with the rows that are read.</summary>
    public virtual bool IsClosed => true;

    /// <summary>Whether the classes are positions of a key without KeyValues, which say nothing about values.</summary>
    public virtual bool IsNumbered => false;

    /// <summary>The classes by number, as text; no two are alike.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>A function that gives the number of the current row's class, or <see cref="Missing"/>.</summary>
    public abstract Func<int> Reading(DataViewRow row);

    /// <exception cref="ArgumentException">The column is missing or of a type that names no class.</exception>
    public static ClassColumn Find(DataViewSchema schema, string name, string role)
    {
        if (string.IsNullOrEmpty(name) || schema.GetColumnOrNull(name) is not { } column)
            throw new ArgumentException($"{role} column '{name}' is not in the data, which has: "
                + $"{string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => c.Name))}.");
        return column.Type switch
        {
            KeyDataViewType => KeyClasses.Create(column, role),
            BooleanDataViewType => new BooleanClasses(column),
            TextDataViewType => new TextClasses(column),
            NumberDataViewType number => (ClassColumn)Activator.CreateInstance(typeof(NumberClasses<>).MakeGenericType(number.RawType), column)!,
            _ => throw new ArgumentException($"{role} column '{name}' is {column.Type}, expected one class per row: a key "
                + "(ml.Transforms.Conversion.MapValueToKey), text, Boolean or number."),
        };
    }

    /// <summary>What an error calls the column.</summary>
    public override string ToString() => $"column '{Column.Name}' ({Column.Type})";

    protected static ArgumentException TooMany(DataViewSchema.Column column, string count) => new($"Column '{column.Name}' ({column.Type}) has {count} classes, expected at "
        + $"most {MostClasses}: a confusion matrix of more is of no use. Is it a class label? Map rare values to one class.");

    private sealed class BooleanClasses(DataViewSchema.Column column) : ClassColumn(column)
    {
        public override IReadOnlyList<string> Names { get; } = [ClassName.Of(false), ClassName.Of(true)];

        public override Func<int> Reading(DataViewRow row)
        {
            var get = row.GetGetter<bool>(Column);
            var value = false;
            return () =>
            {
                get(ref value);
                return value ? 1 : 0;
            };
        }
    }

    /// <summary>Text; a row of empty text has no class, which is what MapKeyToValue makes of a missing key.</summary>
    private sealed class TextClasses : ClassColumn
    {
        private readonly List<string> _names = [];
        private readonly Dictionary<string, int> _numbers = [];
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _bySpan; // no string per row

        public TextClasses(DataViewSchema.Column column)
            : base(column) => _bySpan = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

        public override bool IsClosed => false;

        public override IReadOnlyList<string> Names => _names;

        public override Func<int> Reading(DataViewRow row)
        {
            var get = row.GetGetter<ReadOnlyMemory<char>>(Column);
            var value = default(ReadOnlyMemory<char>);
            return () =>
            {
                get(ref value);
                return value.IsEmpty ? Missing : _bySpan.TryGetValue(value.Span, out var number) ? number : Add(value.ToString());
            };
        }

        private int Add(string name)
        {
            if (_names.Count == MostClasses)
                throw TooMany(Column, $"more than {MostClasses}");
            _numbers.Add(name, _names.Count);
            _names.Add(name);
            return _names.Count - 1;
        }
    }

    /// <summary>Numbers; a row of NaN has no class.</summary>
    private sealed class NumberClasses<T>(DataViewSchema.Column column) : ClassColumn(column)
        where T : notnull
    {
        private static readonly object? s_missing = typeof(T) == typeof(float) ? float.NaN : typeof(T) == typeof(double) ? double.NaN : null;

        private readonly List<string> _names = [];
        private readonly Dictionary<T, int> _numbers = s_missing is T nan ? new() { [nan] = Missing } : [];

        public override bool IsClosed => false;

        public override IReadOnlyList<string> Names => _names;

        public override Func<int> Reading(DataViewRow row)
        {
            var get = row.GetGetter<T>(Column);
            var value = default(T)!;
            return () =>
            {
                get(ref value);
                return _numbers.TryGetValue(value, out var number) ? number : Add(value);
            };
        }

        private int Add(T value)
        {
            if (_names.Count == MostClasses)
                throw TooMany(Column, $"more than {MostClasses}");
            _numbers.Add(value, _names.Count);
            _names.Add(ClassName.Of(value));
            return _names.Count - 1;
        }
    }
}
