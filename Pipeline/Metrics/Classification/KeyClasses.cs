using System.Globalization;
using System.Numerics;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The classes of a key column: its KeyValues, or without any the keys' numbers counted from 0. A key above the count is missing.</summary>
internal sealed class KeyClasses : ClassColumn
{
    private const string KeyValues = "KeyValues";

    private readonly Func<DataViewRow, Func<int>> _reading;

    private KeyClasses(DataViewSchema.Column column, string[]? values, int count)
        : base(column)
    {
        Names = values ?? [.. Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        IsNumbered = values is null;
        _reading = Method(nameof(Read), column.Type.RawType).CreateDelegate<Func<DataViewRow, Func<int>>>(this);
    }

    public override IReadOnlyList<string> Names { get; }

    public override bool IsNumbered { get; }

    public override Func<int> Reading(DataViewRow row) => _reading(row);

    /// <exception cref="ArgumentException">There are too many keys, or KeyValues that do not name each key by one text.</exception>
    public static KeyClasses Create(DataViewSchema.Column column, string role)
    {
        var count = ((KeyDataViewType)column.Type).Count;
        if (count > MostClasses)
            throw TooMany(column, $"{count}");
        var values = Values(column);
        if (values is not null && values.Length != (int)count)
            throw new ArgumentException($"{role} column '{column.Name}' is {column.Type} with {values.Length} KeyValues, expected {count}: "
                + "one for each key.");
        if (values?.GroupBy(name => name).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            throw new ArgumentException($"{role} column '{column.Name}' has KeyValues with '{twice.Key}' {twice.Count()} times, expected "
                + "a different text for each class: make the key with ml.Transforms.Conversion.MapValueToKey.");
        return new KeyClasses(column, values, (int)count);
    }

    private static string[]? Values(DataViewSchema.Column column)
        => column.Annotations.Schema.GetColumnOrNull(KeyValues) is { Type: VectorDataViewType { ItemType: PrimitiveDataViewType item } }
            ? (string[])Method(nameof(ReadValues), item.RawType).Invoke(null, [column])!
            : null;

    private static string[] ReadValues<T>(DataViewSchema.Column column)
    {
        var values = default(VBuffer<T>);
        column.Annotations.GetValue(KeyValues, ref values);
        return [.. values.DenseValues().Select(ClassName.Of)];
    }

    // ML.NET holds keys from 1, and 0 for a missing one.
    private Func<int> Read<T>(DataViewRow row)
        where T : struct, INumberBase<T>
    {
        var get = row.GetGetter<T>(Column);
        var (key, count) = (default(T), (ulong)Names.Count);
        return () =>
        {
            get(ref key);
            var number = ulong.CreateTruncating(key);
            return number <= count ? (int)number - 1 : Missing;
        };
    }

    private static MethodInfo Method(string name, Type type)
        => typeof(KeyClasses).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance)!.MakeGenericMethod(type);
}
