using System.Collections.Immutable;

namespace MlNetRnn.Tests;

/// <summary>
/// Models that need no training: each output is a sum of a sequence's values, every value with a weight of its own, so that a wrong, moved
/// or lost value shows.
/// </summary>
internal static class WeightedModel
{
    public static SequenceTransformer Transformer(
        int steps, int features, string feature = "Window", string output = "Score", int outputs = 1, int targets = 1, bool isVector = false) =>
        new(Create(steps, features, feature, output, outputs, targets, isVector));

    public static SequenceModel Create(
        int steps, int features, string feature = "Window", string output = "Score", int outputs = 1, int targets = 1, bool isVector = false)
    {
        var graph = new OnnxGraphBuilder();
        string input = graph.Input(feature, "batch", steps, features);
        float[] weights = [.. Enumerable.Range(0, steps * features * outputs).Select(i => MathF.Sin(1 + (0.7f * i)))];
        string flat = graph.Node("Reshape", [input, graph.Integers(-1, steps * features)]);
        string sum = graph.Node("MatMul", [flat, graph.Initializer("head.weight", weights, steps * features, outputs)]);
        var described = new SequenceModelOutput(output, outputs, isVector || outputs > 1, targets);
        string shaped = targets > 1 ? graph.Node("Reshape", [sum, graph.Integers(0, outputs / targets, targets)]) : sum;
        graph.Output(output, shaped, ["batch", .. described.Dimensions.Select(d => (object)d)]);
        return SequenceModel.Create(graph.Build(), Manifest(steps, features, feature, described));
    }

    private static SequenceModelManifest Manifest(int steps, int features, string feature, SequenceModelOutput output) => new()
    {
        Task = "regression",
        FeatureColumnName = feature,
        LabelColumnName = "Label",
        Steps = steps,
        Features = features,
        Outputs = [output],
        Scaling = new(Same(features, 0), Same(features, 1), Same(output.Targets, 0), Same(output.Targets, 1), null),
        Network = new("LSTM", false, [8], 0, [], 0),
        Training = new([], 0, 1, 0, 0, 0, 0),
    };

    private static ImmutableArray<float> Same(int count, float value) => [.. Enumerable.Repeat(value, count)];
}
