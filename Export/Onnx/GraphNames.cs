using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>The names in a graph, those of its bodies included.</summary>
internal static class GraphNames
{
    /// <summary>The names of all values and nodes; an output that is left out has none.</summary>
    public static IEnumerable<string> Of(GraphProto graph) => graph.Input.Select(i => i.Name)
        .Concat(graph.Initializer.Select(t => t.Name))
        .Concat(graph.Node.SelectMany(n => n.Output.Append(n.Name)))
        .Concat(graph.Node.SelectMany(Bodies).SelectMany(Of))
        .Where(name => name.Length > 0);

    /// <summary>Gives other names to values and nodes, in place; names that are not in the map stay.</summary>
    public static void Rename(GraphProto graph, IReadOnlyDictionary<string, string> names)
    {
        string New(string name) => names.GetValueOrDefault(name, name);
        foreach (var value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
            value.Name = New(value.Name);
        foreach (var tensor in graph.Initializer)
            tensor.Name = New(tensor.Name);
        foreach (var node in graph.Node)
            Rename(node, New, names);
    }

    private static void Rename(NodeProto node, Func<string, string> rename, IReadOnlyDictionary<string, string> names)
    {
        node.Name = rename(node.Name);
        for (int i = 0; i < node.Input.Count; i++)
            node.Input[i] = rename(node.Input[i]);
        for (int i = 0; i < node.Output.Count; i++)
            node.Output[i] = rename(node.Output[i]);
        foreach (var body in Bodies(node))
            Rename(body, names);
    }

    private static IEnumerable<GraphProto> Bodies(NodeProto node) => node.Attribute.Where(a => a.G is not null).Select(a => a.G);
}
