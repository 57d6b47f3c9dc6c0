namespace MlNetRnn;

/// <summary>Puts columns side by side.</summary>
internal static class ColumnJoin
{
    /// <summary>The values of all columns, <c>[..., values]</c>; what neighbours take from one tensor is taken at once.</summary>
    public static string Emit(OnnxGraphBuilder graph, IReadOnlyList<OnnxColumn> columns)
    {
        var parts = new List<string>();
        for (int start = 0, end; start < columns.Count; start = end)
        {
            end = start + 1;
            while (end < columns.Count && columns[start].Joint is { } first && columns[end].Joint?.Source == first.Source)
                end++;
            parts.Add(end == start + 1 ? columns[start].Value : Joint(columns, start, end)!.Emit(graph));
        }
        return parts is [var one] ? one : graph.Node("Concat", [.. parts], ("axis", -1));
    }

    /// <summary>The columns as slots of one tensor, where all are.</summary>
    public static JointSlots? Joint(IReadOnlyList<OnnxColumn> columns) => Joint(columns, 0, columns.Count);

    private static JointSlots? Joint(IReadOnlyList<OnnxColumn> columns, int start, int end) =>
        JointSlots.Join([.. columns.Skip(start).Take(end - start).Select(c => c.Joint)]);
}
