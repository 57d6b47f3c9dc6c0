using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Takes out of a graph what nothing reads: a layer emits all its outputs, the network uses some of them.</summary>
internal static class UnusedValues
{
    // Every output of these is optional: one that is left out (an empty name) is not computed.
    private static readonly HashSet<string> OptionalOutputs = ["LSTM", "GRU", "RNN", QuantizedLstm.Operator];

    public static void Remove(GraphProto graph)
    {
        var used = graph.Output.Select(o => o.Name).ToHashSet();
        for (int i = graph.Node.Count - 1; i >= 0; i--) // nodes stand in the order of computation: readers before writers
        {
            var node = graph.Node[i];
            if (!node.Output.Any(used.Contains))
                graph.Node.RemoveAt(i);
            else
                Keep(node, used);
        }
        foreach (var unread in graph.Initializer.Where(t => !used.Contains(t.Name)).ToArray())
            graph.Initializer.Remove(unread);
    }

    private static void Keep(NodeProto node, HashSet<string> used)
    {
        used.UnionWith(node.Input);
        foreach (var body in node.Attribute.Where(a => a.G is not null).Select(a => a.G))
            used.UnionWith(Read(body)); // a body reads values of the graph around it
        if (!OptionalOutputs.Contains(node.OpType))
            return;
        for (int i = 0; i < node.Output.Count; i++)
            node.Output[i] = used.Contains(node.Output[i]) ? node.Output[i] : "";
    }

    private static IEnumerable<string> Read(GraphProto body) => body.Node.SelectMany(
        node => node.Input.Concat(node.Attribute.Where(a => a.G is not null).SelectMany(a => Read(a.G))));
}
