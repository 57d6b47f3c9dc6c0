using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Names for the values of a window: <c>Close[t-19]</c> … <c>Close[t]</c>, <c>Name.slot[t-2]</c> for vectors.</summary>
internal static class WindowSlotNames
{
    /// <summary>One name per value of the window, in its flat order [step, input].</summary>
    public static ReadOnlyMemory<char>[] Create(DataViewSchema.Column[] inputs, int windowLength)
    {
        var step = inputs.SelectMany(StepNames).ToArray();
        var names = new ReadOnlyMemory<char>[windowLength * step.Length];
        for (var i = 0; i < names.Length; i++)
            names[i] = (step[i % step.Length] + Offset(windowLength - 1 - (i / step.Length))).AsMemory();
        return names;
    }

    private static string Offset(int stepsBack) => stepsBack == 0 ? "[t]" : $"[t-{stepsBack}]";

    private static IEnumerable<string> StepNames(DataViewSchema.Column input)
    {
        if (input.Type is not VectorDataViewType vector)
            return [input.Name];
        var slots = default(VBuffer<ReadOnlyMemory<char>>);
        if (input.HasSlotNames())
            input.GetSlotNames(ref slots);
        var names = slots.Length == vector.Size ? slots.DenseValues().ToArray() : new ReadOnlyMemory<char>[vector.Size];
        return names.Select((name, i) => name.IsEmpty ? $"{input.Name}{i}" : $"{input.Name}.{name}");
    }
}
