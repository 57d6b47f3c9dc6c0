using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>The classes that a model tells apart, in the order of its scores.</summary>
/// <param name="Count">How many there are: the values that the label's key type has, seen in training or not.</param>
/// <param name="Type">The type of the values that the label's keys stood for; null where they stood for none.</param>
/// <param name="Values">These values as invariant text; empty where there were none.</param>
public sealed record ClassSummary(int Count, OnnxElementType? Type, ImmutableArray<string> Values)
{
    /// <summary>A class as text: its value, or its key's number where it has none.</summary>
    internal string Name(int index) => Values.IsEmpty ? $"{index + 1}" : Values[index];
}
