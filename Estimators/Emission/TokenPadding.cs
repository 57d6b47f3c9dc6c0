namespace MlNetRnn;

/// <summary>
/// Sequences of tokens in one tensor: keys' numbers from 1. Missing ones (0, NaN, or above the vocabulary) at either end are padding;
/// between they stand for an unknown token.
/// </summary>
internal sealed class TokenPadding
{
    private readonly string _end;   // steps up to the last real one, [B]
    private readonly string _count; // real steps, [B]

    private TokenPadding(string keys, string end, string count) => (Keys, _end, _count) = (keys, end, count);

    /// <summary>The keys, 0 for missing ones, <c>[batch, steps, 1]</c>.</summary>
    public string Keys { get; }

    /// <summary>Steps of each sequence, int32 <c>[batch]</c>, at least 1: ONNX Runtime's operators take no shorter ones.</summary>
    public string Lengths { get; private init; } = "";

    /// <param name="graph">The graph.</param>
    /// <param name="raw">The sequences as they come, <c>[batch, steps, 1]</c>.</param>
    /// <param name="tokens">The values that keys have.</param>
    public static TokenPadding Emit(OnnxGraphBuilder graph, string raw, int tokens)
    {
        string zero = graph.Initializer("tokens.zero", [0f]);
        raw = graph.Node("Pad", [raw, graph.Integers(0, 0, 0, 0, 1, 0)]); // ONNX Runtime ends the process where there is no step
        string isKey = graph.Node("And", // false for NaN
        [
            graph.Node("Greater", [raw, zero]),
            graph.Node("LessOrEqual", [raw, graph.Initializer("tokens.count", [(float)tokens])]),
        ]);
        string keys = graph.Node("Where", [isKey, raw, zero]);                                                        // [B, T, 1]
        string present = graph.Node("Cast", [isKey], ("to", (int)OnnxElementType.Float));
        string axis = graph.Node("Squeeze", [graph.Integers(1)]);
        string begun = graph.Node("Greater", [graph.Node("CumSum", [present, axis]), zero]);                          // from the first key on
        string open = graph.Node("Greater", [graph.Node("CumSum", [present, axis], ("reverse", 1)), zero]);           // up to the last one
        string count = Count(graph, graph.Node("And", [begun, open]));
        return new(keys, Count(graph, open), count) { Lengths = AtLeastOne(graph, count, OnnxElementType.Int32) };
    }

    /// <summary>The sequences with all padding after them, <c>[steps, batch, 1]</c>.</summary>
    public string EmitMovedToEnd(OnnxGraphBuilder graph, string timeMajor)
    {
        // Turned round up to its last token a sequence has its first padding after it; then it is turned back within its length.
        string turned = Reverse(graph, timeMajor, AtLeastOne(graph, _end, OnnxElementType.Int64));
        return Reverse(graph, turned, AtLeastOne(graph, _count, OnnxElementType.Int64));
    }

    /// <summary>Takes <see cref="EmitMovedToEnd"/> back, for values of the steps, <c>[steps, batch, …]</c>: without the step that was added.</summary>
    public string EmitMovedBack(OnnxGraphBuilder graph, string timeMajor)
    {
        string turned = Reverse(graph, timeMajor, AtLeastOne(graph, _count, OnnxElementType.Int64));
        string back = Reverse(graph, turned, AtLeastOne(graph, _end, OnnxElementType.Int64));
        return graph.Node("Slice", [back, graph.Integers(0), graph.Integers(-1), graph.Integers(0)]);
    }

    /// <summary>Steps of each sequence and <paramref name="with"/> more, int32 <c>[batch]</c>.</summary>
    public string EmitLengths(OnnxGraphBuilder graph, int with) =>
        graph.Node("Cast", [graph.Node("Add", [_count, graph.Singles(with)])], ("to", (int)OnnxElementType.Int32));

    /// <summary>NaN for a sequence without a token, else 0, <c>[batch, 1]</c>.</summary>
    public string EmitEmpty(OnnxGraphBuilder graph)
    {
        string zeroOrNaN = graph.Node("Div", ["tokens.zero", _count]); // 0 / 0 is NaN
        return graph.Node("Reshape", [zeroOrNaN, graph.Integers(-1, 1)]);
    }

    private static string Reverse(OnnxGraphBuilder graph, string sequences, string lengths) =>
        graph.Node("ReverseSequence", [sequences, lengths], ("time_axis", 0), ("batch_axis", 1));

    private static string Count(OnnxGraphBuilder graph, string flags)
    {
        string numbers = graph.Node("Cast", [flags], ("to", (int)OnnxElementType.Float));
        return graph.Node("ReduceSum", [numbers, graph.Integers(1, 2)], ("keepdims", 0)); // [B]
    }

    private static string AtLeastOne(OnnxGraphBuilder graph, string count, OnnxElementType type) =>
        graph.Node("Cast", [graph.Node("Max", [count, graph.Singles(1f)])], ("to", (int)type));
}
