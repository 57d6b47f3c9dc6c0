using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Takes out of a graph what nothing reads: a layer emits all its outputs, the network uses some of them.</summary>
internal static class UnusedValues
{
    // Every output of these is optional: one that is left out (an empty name) is not computed.
    private static readonly HashSet<string> OptionalOutputs = ["LSTM", "GRU", "RNN"];

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
        if (!OptionalOutputs.Contains(node.OpType))
            return;
        for (int i = 0; i < node.Output.Count; i++)
            node.Output[i] = used.Contains(node.Output[i]) ? node.Output[i] : "";
    }
}
