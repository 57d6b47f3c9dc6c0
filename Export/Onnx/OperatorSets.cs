using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>The operator sets that a model imports: ONNX's own, and those of its graphs' other operators.</summary>
internal static class OperatorSets
{
    /// <summary>Imports what the model's graph, and one that is kept beside it, use.</summary>
    public static void Import(ModelProto model, GraphProto? beside)
    {
        GraphProto[] graphs = beside is null ? [model.Graph] : [model.Graph, beside];
        foreach (string domain in graphs.SelectMany(Domains).Distinct().Except(model.OpsetImport.Select(o => o.Domain)).ToArray())
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 }); // com.microsoft has no other
    }

    private static IEnumerable<string> Domains(GraphProto graph) =>
        graph.Node.SelectMany(node => node.Attribute.Where(a => a.G is not null).SelectMany(a => Domains(a.G)).Append(node.Domain));
}
