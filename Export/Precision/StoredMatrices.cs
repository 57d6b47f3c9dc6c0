using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>A matrix as it is stored, and the nodes that turn it into Singles under its own name.</summary>
/// <param name="Tensors">What is stored.</param>
/// <param name="Nodes">The nodes, in the order of computation. All they read is constant: ONNX Runtime computes them once, at loading.</param>
internal sealed record StoredMatrix(TensorProto[] Tensors, NodeProto[] Nodes);

/// <summary>
/// Stores the matrices of a graph in another form. Their names go on meaning Singles, so that nothing that reads them changes. Vectors stay:
/// biases and scaling are small, and an error in them moves every prediction.
/// </summary>
internal static class StoredMatrices
{
    private const int SmallestSize = 256; // values: of a smaller matrix, nodes and names take the room that is saved

    /// <param name="graph">The graph; it is left as it is.</param>
    /// <param name="store">How a matrix is stored; null where it stays as it is.</param>
    public static GraphProto Reduce(GraphProto graph, Func<TensorProto, StoredMatrix?> store)
    {
        var reduced = graph.Clone();
        HashSet<string> kept = [.. Kept(graph)];
        reduced.Initializer.Clear();
        var nodes = new List<NodeProto>();
        foreach (var tensor in graph.Initializer)
        {
            var stored = IsMatrix(tensor) && !kept.Contains(tensor.Name) ? store(tensor) : null;
            reduced.Initializer.Add(stored?.Tensors ?? [tensor]);
            nodes.AddRange(stored?.Nodes ?? []);
        }
        reduced.Node.Clear();
        reduced.Node.Add(nodes); // before those that read their results
        reduced.Node.Add(graph.Node);
        return reduced;
    }

    private static bool IsMatrix(TensorProto tensor) => tensor.DataType == (int)OnnxElementType.Float
        && tensor.Dims.Count(d => d > 1) > 1 && tensor.Dims.Aggregate(1L, (a, b) => a * b) >= SmallestSize;

    // What looks like a matrix where there are two directions: biases [directions, 2·G·H], and the scales of a layer in 8 bits.
    private static IEnumerable<string> Kept(GraphProto graph) => graph.Node.SelectMany(node => node.OpType switch
    {
        "LSTM" or "GRU" or "RNN" => node.Input.Skip(3).Take(1),
        QuantizedLstm.Operator => node.Input,
        _ => node.Attribute.Where(a => a.G is not null).SelectMany(a => Kept(a.G)),
    });
}
