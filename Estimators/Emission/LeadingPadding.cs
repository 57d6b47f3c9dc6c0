namespace MlNetRnn;

/// <summary>
/// Sequences of their own lengths in one tensor: shorter ones begin with steps that are NaN in every value. One input says it all, so
/// that any runtime scores such a model as it scores others.
/// </summary>
internal sealed class LeadingPadding
{
    private readonly string _real;  // whether a step is real, Bool [B, T, 1]
    private readonly string _count; // real steps, [B]

    private LeadingPadding(string real, string count, string lengths) => (_real, _count, Lengths) = (real, count, lengths);

    /// <summary>Steps of each sequence, int32 <c>[batch]</c>, at least 1: ONNX Runtime's operators take no shorter ones.</summary>
    public string Lengths { get; }

    /// <param name="graph">The graph.</param>
    /// <param name="raw">The sequences as they come, <c>[batch, steps, features]</c>.</param>
    public static LeadingPadding Emit(OnnxGraphBuilder graph, string raw)
    {
        string present = Float(graph, graph.Node("Not", [graph.Node("IsNaN", [raw])]));                            // [B, T, F]
        string anyPresent = graph.Node("ReduceMax", [present], ("axes", new long[] { 2 }), ("keepdims", 1));       // [B, T, 1]
        string soFar = graph.Node("CumSum", [anyPresent, graph.Node("Squeeze", [graph.Integers(1)])]);
        string real = graph.Node("Greater", [soFar, graph.Initializer("padding.zero", [0f])]);
        string count = graph.Node("ReduceSum", [Float(graph, real), graph.Integers(1, 2)], ("keepdims", 0));       // [B]
        string atLeastOne = graph.Node("Max", [count, graph.Initializer("padding.one", [1f])]);
        return new(real, count, graph.Node("Cast", [atLeastOne], ("to", (int)OnnxElementType.Int32)));
    }

    /// <summary>The values with 0 in place of padding, <c>[batch, steps, features]</c>.</summary>
    public string EmitCleared(OnnxGraphBuilder graph, string values) => graph.Node("Where", [_real, values, "padding.zero"]);

    /// <summary>The sequences with their padding after them, <c>[steps, batch, features]</c>, as recurrent operators take it.</summary>
    public string EmitMovedToEnd(OnnxGraphBuilder graph, string timeMajor)
    {
        // All turned round, the padding stands at the end; then each sequence is turned back within its length.
        string turned = graph.Node(
            "Slice", [timeMajor, graph.Integers(-1), graph.Integers(long.MinValue), graph.Integers(0), graph.Integers(-1)]);
        string lengths = graph.Node("Cast", [Lengths], ("to", (int)OnnxElementType.Int64));
        return graph.Node("ReverseSequence", [turned, lengths], ("time_axis", 0), ("batch_axis", 1));
    }

    /// <summary>Takes <see cref="EmitMovedToEnd"/> back, for values of the steps, <c>[steps, batch, …]</c>.</summary>
    public string EmitMovedBack(OnnxGraphBuilder graph, string timeMajor)
    {
        string lengths = graph.Node("Cast", [Lengths], ("to", (int)OnnxElementType.Int64));
        string turned = graph.Node("ReverseSequence", [timeMajor, lengths], ("time_axis", 0), ("batch_axis", 1));
        return graph.Node(
            "Slice", [turned, graph.Integers(-1), graph.Integers(long.MinValue), graph.Integers(0), graph.Integers(-1)]);
    }

    /// <summary>NaN for a sequence without a real step, else 0, <c>[batch, 1]</c>.</summary>
    public string EmitEmpty(OnnxGraphBuilder graph)
    {
        string zeroOrNaN = graph.Node("Div", ["padding.zero", _count]); // 0 / 0 is NaN
        return graph.Node("Reshape", [zeroOrNaN, graph.Integers(-1, 1)]);
    }

    private static string Float(OnnxGraphBuilder graph, string flags) => graph.Node("Cast", [flags], ("to", (int)OnnxElementType.Float));
}
