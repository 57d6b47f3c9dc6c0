using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>The names that a graph uses, those in its subgraphs included.</summary>
internal static class GraphNames
{
    public static IEnumerable<string> Of(GraphProto graph) =>
        graph.Input.Select(i => i.Name)
            .Concat(graph.Output.Select(o => o.Name))
            .Concat(graph.Initializer.Select(t => t.Name))
            .Concat(graph.Node.SelectMany(OfNode))
            .Where(name => name.Length > 0);

    private static IEnumerable<string> OfNode(NodeProto node) =>
        node.Output.Append(node.Name).Concat(node.Attribute.Where(a => a.G is not null).SelectMany(a => Of(a.G)));
}
