namespace MlNetRnn;

/// <summary>Tells in a graph which steps of padded sequences are real.</summary>
internal static class SequenceMask
{
    /// <summary>Whether a step lies within its sequence's length, Bool <c>[steps, batch, 1]</c>.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="sequences"><c>[steps, batch, …]</c>.</param>
    /// <param name="lengths">Int32 <c>[batch]</c>.</param>
    public static string Emit(OnnxGraphBuilder graph, string sequences, string lengths)
    {
        string shape = graph.Node("Shape", [sequences]);
        string steps = graph.Node("Slice", [shape, graph.Integers(0), graph.Integers(1), graph.Integers(0)]); // [1]
        string numbers = graph.Node("Range", [Scalar(graph, graph.Integers(0)), Scalar(graph, steps), Scalar(graph, graph.Integers(1))]);
        string step = graph.Node("Reshape", [numbers, graph.Integers(-1, 1, 1)]);                             // [T, 1, 1]
        string wide = graph.Node("Cast", [lengths], ("to", (int)OnnxElementType.Int64));
        string length = graph.Node("Reshape", [wide, graph.Integers(1, -1, 1)]);                              // [1, B, 1]
        return graph.Node("Less", [step, length]);                                                            // [T, B, 1]
    }

    private static string Scalar(OnnxGraphBuilder graph, string vectorOfOne) => graph.Node("Squeeze", [vectorOfOne]);
}
