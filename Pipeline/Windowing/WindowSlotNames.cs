using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Names for the values that windowing makes: <c>Close[t-19]</c> … <c>Close[t]</c>, <c>Close[t+1]</c>, <c>Name.slot[t-2]</c> for
/// vectors, <c>Close.observed[t]</c> for indicators. In the flat order of each column, [step, value].
/// </summary>
internal static class WindowSlotNames
{
    /// <summary>One name per value of the window.</summary>
    public static ReadOnlyMemory<char>[] Window(DataViewSchema.Column[] inputs, WindowShape shape)
    {
        var step = inputs.SelectMany(ValueNames).ToArray();
        if (shape.HasIndicators)
            step = [.. step, .. step.Select(name => $"{name}.observed")];
        return Steps(step, first: 1 - shape.Length, shape.Length);
    }

    /// <summary>One name per value of columns at the next rows.</summary>
    public static ReadOnlyMemory<char>[] Ahead(DataViewSchema.Column[] columns, int horizon)
        => Steps([.. columns.SelectMany(ValueNames)], first: 1, horizon);

    /// <summary>One name per value of columns in one row.</summary>
    public static ReadOnlyMemory<char>[] Row(DataViewSchema.Column[] columns)
        => [.. columns.SelectMany(ValueNames).Select(name => name.AsMemory())];

    /// <summary>One name per step of a window's mask.</summary>
    public static ReadOnlyMemory<char>[] Mask(string column, int length) => Steps([column], first: 1 - length, length);

    private static ReadOnlyMemory<char>[] Steps(string[] values, int first, int steps)
    {
        var names = new ReadOnlyMemory<char>[steps * values.Length];
        for (var i = 0; i < names.Length; i++)
            names[i] = (values[i % values.Length] + Offset(first + (i / values.Length))).AsMemory();
        return names;
    }

    private static string Offset(int steps) => steps == 0 ? "[t]" : $"[t{steps:+0;-0}]";

    private static IEnumerable<string> ValueNames(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType vector)
            return [column.Name];
        var slots = default(VBuffer<ReadOnlyMemory<char>>);
        if (column.HasSlotNames())
            column.GetSlotNames(ref slots);
        var names = slots.Length == vector.Size ? slots.DenseValues().ToArray() : new ReadOnlyMemory<char>[vector.Size];
        return names.Select((name, i) => name.IsEmpty ? $"{column.Name}{i}" : $"{column.Name}.{name}");
    }
}
