using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Writes a network with its scaling as an ONNX graph: raw sequences in, predictions in the target's units out.</summary>
internal static class ModelEmitter
{
    /// <summary>Name of the additional output in standardised units, <c>[batch, outputs]</c>, for comparison with the network.</summary>
    public const string ScaledOutputName = "MlNetRnn.Scaled";

    public static ModelProto Emit(
        RecurrentNetwork network, SequenceTask task, Scaler scaler, SequenceModelManifest manifest, bool withScaledOutput)
    {
        var graph = new OnnxGraphBuilder();
        string raw = graph.Input(manifest.FeatureColumnName, "batch", "steps", manifest.Features);     // [B, T, F]
        var sequences = SequenceEmission.Emit(graph, raw, scaler, manifest);
        string prediction = network.EmitOnnx(graph, sequences.TimeMajor, sequences.Lengths, out string? weights, sequences.Context); // [B, K], in its units
        task.EmitOutputs(graph, new(prediction, sequences.Missing, sequences.Last, scaler, manifest.Outputs, sequences.Window, manifest.Forecast));
        if (manifest.AttentionColumnName is { } attention)
        {
            string asGiven = graph.Node("Transpose", [graph.Node("Squeeze", [sequences.EmitAsGiven(weights!), graph.Integers(2)])]); // [B, T]
            graph.Output(attention, graph.Node("Add", [asGiven, sequences.Missing]), "batch", "steps");
        }
        if (withScaledOutput)
            graph.Output(ScaledOutputName, prediction, "batch", network.Outputs);
        return graph.Build();
    }
}
