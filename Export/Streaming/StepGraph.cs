using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// Keeps a model's step graph beside its graph of whole sequences, in the file's metadata. Weights that both have are stored once: in the
/// step graph a tensor without content stands for the other graph's of that name.
/// </summary>
internal static class StepGraph
{
    public const string Key = "mlnetrnn.graph.step";

    public static string Store(GraphProto step, GraphProto sequences)
    {
        var stored = step.Clone();
        var shared = Tensors(sequences).ToDictionary(t => t.Name);
        Replace(stored, tensor => shared.TryGetValue(tensor.Name, out var same) && same.Equals(tensor) ? new() { Name = tensor.Name } : tensor);
        return stored.ToByteString().ToBase64();
    }

    public static GraphProto Restore(string stored, GraphProto sequences)
    {
        var step = GraphProto.Parser.ParseFrom(ByteString.FromBase64(stored));
        var shared = Tensors(sequences).ToDictionary(t => t.Name);
        Replace(step, tensor => tensor.DataType == 0 ? shared[tensor.Name] : tensor);
        return step;
    }

    private static IEnumerable<TensorProto> Tensors(GraphProto graph) => graph.Initializer.Concat(Constants(graph).Select(c => c.T));

    private static void Replace(GraphProto graph, Func<TensorProto, TensorProto> change)
    {
        for (int i = 0; i < graph.Initializer.Count; i++)
            graph.Initializer[i] = change(graph.Initializer[i]);
        foreach (var constant in Constants(graph))
            constant.T = change(constant.T);
    }

    // What stands in nodes of its own, where a type is not for initializers.
    private static IEnumerable<AttributeProto> Constants(GraphProto graph) =>
        graph.Node.Where(n => n.OpType == "Constant").SelectMany(n => n.Attribute).Where(a => a.T is { Name.Length: > 0 });
}
