using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>
/// Values that are taken from slots of one tensor, <c>(x - offset) · scale</c>, and not in the graph yet: columns that are normalised one
/// by one and joined again cost one subtraction and one product in all.
/// </summary>
/// <param name="Source">The tensor, <c>[..., width]</c>.</param>
/// <param name="Width">Its slots.</param>
/// <param name="Indices">The slot that each value is taken from.</param>
/// <param name="Offsets">One per value; null for none.</param>
/// <param name="Scales">One per value; null for none.</param>
internal sealed record JointSlots(
    string Source, int Width, ImmutableArray<int> Indices, ImmutableArray<float>? Offsets = null, ImmutableArray<float>? Scales = null)
{
    public bool IsPlain => Offsets is null && Scales is null;

    /// <summary>The values of several columns side by side; null where they are of different tensors.</summary>
    public static JointSlots? Join(IReadOnlyList<JointSlots?> parts)
    {
        if (parts.Count == 0 || parts.Any(p => p is null || p.Source != parts[0]!.Source))
            return null;
        return parts[0]! with
        {
            Indices = [.. parts.SelectMany(p => p!.Indices)],
            Offsets = Join(parts!, p => p.Offsets, 0),
            Scales = Join(parts!, p => p.Scales, 1),
        };
    }

    /// <summary>Writes the values into the graph, <c>[..., values]</c>.</summary>
    public string Emit(OnnxGraphBuilder graph)
    {
        string values = EmitTaken(graph);
        if (Offsets is { } offsets)
            values = graph.Node("Sub", [values, graph.Singles([.. offsets])]);
        return Scales is { } scales ? graph.Node("Mul", [values, graph.Singles([.. scales])]) : values;
    }

    private string EmitTaken(OnnxGraphBuilder graph)
    {
        int first = Indices[0], count = Indices.Length;
        bool isRange = Indices.SequenceEqual(Enumerable.Range(first, count));
        if (isRange && count == Width)
            return Source;
        return isRange
            ? graph.Node("Slice", [Source, graph.Integers(first), graph.Integers(first + count), graph.Integers(-1)])
            : graph.Node("Gather", [Source, graph.Integers([.. Indices.Select(i => (long)i)])], ("axis", -1));
    }

    private static ImmutableArray<float>? Join(
        IReadOnlyList<JointSlots> parts, Func<JointSlots, ImmutableArray<float>?> values, float none) => parts.All(p => values(p) is null)
        ? null
        : [.. parts.SelectMany(p => values(p) ?? [.. Enumerable.Repeat(none, p.Indices.Length)])];
}
