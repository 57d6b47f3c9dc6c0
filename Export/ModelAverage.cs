using System.Collections.Immutable;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Joins models into one whose predictions are the mean of theirs: of classes, of their probabilities.</summary>
internal static class ModelAverage
{
    /// <param name="members">Two models or more that take and give the same.</param>
    public static SequenceModel Of(IReadOnlyList<SequenceModel> members)
    {
        var manifest = Manifest(members);
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

    /// <summary>Why two models have no mean; null where they have one.</summary>
    public static string? Difference(SequenceModelManifest first, SequenceModelManifest other)
    {
        if (first.Task != other.Task || first.Tokens != other.Tokens)
            return $"the first is for {first.Task}{Vocabulary(first)}, the other for {other.Task}{Vocabulary(other)}.";
        if (first.Classes is { } ours && other.Classes is { } theirs && !(ours.Count == theirs.Count && ours.Values.SequenceEqual(theirs.Values)))
            return $"the first tells apart {string.Join(", ", ours.Values)}, the other {string.Join(", ", theirs.Values)}.";
        return ModelSignature.Difference(first, other);
    }

    private static string Vocabulary(SequenceModelManifest manifest) => manifest.Tokens > 0 ? $" of {manifest.Tokens} tokens" : "";

    // Of the first, but for what they have together.
    private static SequenceModelManifest Manifest(IReadOnlyList<SequenceModel> models)
    {
        var first = models[0].Manifest;
        TrainingSummary[] trainings = [.. models.SelectMany(m => Members(m.Manifest.Training))];
        return first with
        {
            Network = first.Network with { Members = trainings.Length, Parameters = models.Sum(m => m.Manifest.Network.Parameters) },
            Training = trainings[0] with
            {
                Members = [.. trainings],
                Seconds = trainings.Sum(t => t.Seconds),
                OnnxMaxAbsDiff = trainings.Max(t => t.OnnxMaxAbsDiff),
            },
            StreamingStates = [],
            StreamingRefusal = $"The model is the mean of {trainings.Length} networks, which are run over whole sequences. Train with Members = 1.",
        };
    }

    private static ImmutableArray<TrainingSummary> Members(TrainingSummary training) => training.Members.IsEmpty ? [training] : training.Members;

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
