using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// Writes the <c>RNN</c> and <c>GRU</c> operators of a graph as <c>Scan</c>: the products with the input for all steps at once, and per step
/// whole-batch operators. In ONNX Runtime on a CPU that form scores large batches faster; the operators score single sequences faster, and
/// more runtimes know them, so that files hold the operators.
/// </summary>
internal static class ScanForm
{
    /// <summary>The graph in that form; null where nothing in it changes.</summary>
    public static GraphProto? Of(GraphProto graph)
    {
        if (!graph.Node.Any(IsConvertible))
            return null;
        var builder = OnnxGraphBuilder.WithoutNodes(graph);
        foreach (var node in graph.Node)
        {
            if (IsConvertible(node))
                RecurrentScan.Emit(builder, node);
            else
                builder.Append(node);
        }
        return builder.BuildGraph();
    }

    private static bool IsConvertible(NodeProto node) => node.Domain.Length == 0 && node.OpType switch
    {
        "RNN" => true,
        "GRU" => node.Attribute.Any(a => a is { Name: "linear_before_reset", I: 1 }),
        _ => false,
    };
}
