using TorchSharp;

namespace MlNetRnn;

/// <summary>Which steps of a window are real: those before the first that has a value are padding.</summary>
internal static class WindowMask
{
    /// <summary>Padding becomes 0, and whether a step is real stands behind its features.</summary>
    /// <param name="windows"><c>[steps, batch, features]</c>, padding NaN in every value.</param>
    /// <returns><c>[steps, batch, features + 1]</c>.</returns>
    public static torch.Tensor Apply(torch.Tensor windows)
    {
        var padded = windows.isnan().all(2, keepdim: true);                                       // [T, B, 1]
        return torch.cat([windows.nan_to_num(0), padded.logical_not().to(windows.dtype)], 2);
    }

    /// <summary>Writes <see cref="Apply"/>, for windows that have no other missing values than padding.</summary>
    public static string EmitApply(OnnxGraphBuilder graph, string windows)
    {
        string real = EmitReal(graph, windows);
        string cleared = graph.Node("Where", [real, windows, graph.Singles(0f)]);
        return graph.Node("Concat", [cleared, graph.Node("Cast", [real], ("to", (int)OnnxElementType.Float))], ("axis", 2));
    }

    /// <summary>Whether each step has a value, Bool <c>[…, …, 1]</c>. Steps are those of the first two dimensions.</summary>
    public static string EmitReal(OnnxGraphBuilder graph, string windows)
    {
        string present = graph.Node("Cast", [graph.Node("Not", [graph.Node("IsNaN", [windows])])], ("to", (int)OnnxElementType.Float));
        string any = graph.Node("ReduceMax", [present], ("axes", new long[] { 2 }), ("keepdims", 1));
        return graph.Node("Greater", [any, graph.Singles(0f)]);
    }
}
