using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Joins models into one whose predictions are the mean of theirs: of classes, of their probabilities.</summary>
internal static class ModelAverage
{
    /// <param name="members">Models of the same columns, from the same training data.</param>
    /// <param name="manifest">What the joint model is.</param>
    public static SequenceModel Of(IReadOnlyList<SequenceModel> members, SequenceModelManifest manifest)
    {
        var graph = new OnnxGraphBuilder();
        GraphProto[] graphs = [.. members.Select((model, i) => Prefixed(model, i))];
        foreach (var member in graphs)
            graph.Reserve(GraphNames.Of(member).Where(name => name != manifest.FeatureColumnName));
        graph.Input(manifest.FeatureColumnName, "batch", "steps", manifest.Features);
        foreach (var member in graphs)
            graph.Splice(member);
        string[] means = [.. manifest.Outputs.Select(o => graph.Node("Mean", [.. graphs.Select((_, i) => Prefix(i) + o.Name)]))];
        if (manifest.Task == SequenceModelManifest.BinaryTask)
            means[1] = EmitProbability(graph, means[0]); // of the mean logit, so that label, score and probability agree
        for (int i = 0; i < means.Length; i++)
            graph.Output(manifest.Outputs[i].Name, means[i], ["batch", .. manifest.Outputs[i].Dimensions.Select(d => (object)d)]);
        return SequenceModel.Create(graph.Build(), manifest);
    }

    private static string Prefix(int member) => $"members.{member}.";

    // All names but that of the input, which the members share.
    private static GraphProto Prefixed(SequenceModel model, int member)
    {
        var graph = ModelProto.Parser.ParseFrom(model.OnnxBytes).Graph;
        string input = graph.Input.Single().Name;
        GraphNames.Rename(graph, GraphNames.Of(graph).Distinct().Where(n => n != input).ToDictionary(n => n, n => Prefix(member) + n));
        return graph;
    }

    private static string EmitProbability(OnnxGraphBuilder graph, string logit) =>
        graph.Node("Where", [graph.Node("IsNaN", [logit]), logit, graph.Node("Sigmoid", [logit])]); // Sigmoid loses NaN
}
