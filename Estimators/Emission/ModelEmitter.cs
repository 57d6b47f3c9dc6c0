using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Writes a network with its scaling as an ONNX graph: raw sequences in, predictions in the target's units out.</summary>
internal static class ModelEmitter
{
    /// <summary>Name of the additional output in standardised units, <c>[batch, outputs]</c>, for comparison with the network.</summary>
    public const string ScaledOutputName = "MlNetRnn.Scaled";

    public static ModelProto Emit(RecurrentNetwork network, Scaler scaler, SequenceModelManifest manifest, bool withScaledOutput)
    {
        var graph = new OnnxGraphBuilder();
        var output = manifest.Outputs[0];
        string raw = graph.Input(manifest.FeatureColumnName, "batch", "steps", manifest.Features); // [B, T, F]
        string? last = scaler.DifferencedFeatures is null
            ? null
            : graph.Node("Slice", [raw, graph.Integers(-1), graph.Integers(int.MaxValue), graph.Integers(1)]); // [B, 1, F]
        string scaled = ScalingEmission.EmitScaling(graph, raw, last, scaler);
        var padding = manifest.VariableLength ? LeadingPadding.Emit(graph, raw) : null;
        string values = padding?.EmitCleared(graph, scaled) ?? scaled;
        string timeMajor = graph.Node("Transpose", [values], ("perm", new long[] { 1, 0, 2 })); // [T, B, F]
        string sequences = padding?.EmitMovedToEnd(graph, timeMajor) ?? timeMajor;
        string prediction = network.EmitOnnx(graph, sequences, padding?.Lengths);               // [B, K], standardised
        string honest = graph.Node("Add", [prediction, EmitMissing(graph, values)]);            // [B, K] + [B, 1]
        if (padding is not null)
            honest = graph.Node("Add", [honest, padding.EmitEmpty(graph)]);
        string result = ScalingEmission.EmitUnscaling(graph, honest, last, scaler, output);
        graph.Output(output.Name, result, ["batch", .. output.Dimensions.Select(d => (object)d)]);
        if (withScaledOutput)
            graph.Output(ScaledOutputName, prediction, "batch", output.Length);
        return graph.Build();
    }

    // NaN where a sequence holds NaN or infinity, else 0. ONNX Runtime's recurrent operators turn NaN into ordinary numbers, and a
    // prediction from a missing value would look like any other.
    private static string EmitMissing(OnnxGraphBuilder graph, string scaled)
    {
        string sum = graph.Node("ReduceSum", [scaled, graph.Integers(1, 2)], ("keepdims", 1));                // [B, 1, 1]
        string zero = graph.Node("Mul", [sum, graph.Initializer("missing.zero", [0f])]);                      // NaN · 0 = ∞ · 0 = NaN
        return graph.Node("Reshape", [zero, graph.Integers(0, 1)]);                                           // [B, 1]
    }
}
