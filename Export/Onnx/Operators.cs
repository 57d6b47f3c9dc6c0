using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Operators by name: those of ONNX's own set have a plain name, others are preceded by their domain.</summary>
internal static class Operators
{
    // The versions that ONNX Runtime and the checkers of IR version 8 know.
    private static readonly Dictionary<string, long> Versions = new()
    {
        [""] = OnnxGraphBuilder.OperatorSet,
        ["ai.onnx.ml"] = 3,
        ["com.microsoft"] = 1,
    };

    /// <summary><c>ai.onnx.ml.LabelEncoder</c> as its domain and its name.</summary>
    public static (string Domain, string Type) Split(string operation)
    {
        ArgumentException.ThrowIfNullOrEmpty(operation);
        int dot = operation.LastIndexOf('.');
        string domain = dot < 0 ? "" : operation[..dot];
        return Versions.ContainsKey(domain)
            ? (domain, operation[(dot + 1)..])
            : throw new ArgumentException($"The operator '{operation}' is of the domain '{domain}'; expected none, or one of "
                + $"{string.Join(", ", Versions.Keys.Where(d => d.Length > 0))}.", nameof(operation));
    }

    /// <summary>The operator sets that a graph uses; ONNX's own is always one.</summary>
    public static IEnumerable<OperatorSetIdProto> Sets(GraphProto graph) =>
        Nodes(graph).Select(n => n.Domain).Prepend("").Distinct().Select(d => new OperatorSetIdProto { Domain = d, Version = Versions[d] });

    /// <summary>Imports what a model's graph, and one that is kept beside it, use beyond what it imports.</summary>
    public static void Import(ModelProto model, GraphProto? beside)
    {
        var sets = beside is null ? Sets(model.Graph) : Sets(model.Graph).Concat(Sets(beside));
        foreach (var set in sets.DistinctBy(s => s.Domain).ExceptBy(model.OpsetImport.Select(o => o.Domain), s => s.Domain).ToArray())
            model.OpsetImport.Add(set);
    }

    private static IEnumerable<NodeProto> Nodes(GraphProto graph) => graph.Node.Concat(
        graph.Node.SelectMany(n => n.Attribute).Where(a => a.G is not null).SelectMany(a => Nodes(a.G)));
}
