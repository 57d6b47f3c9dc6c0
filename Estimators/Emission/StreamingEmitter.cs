using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// Writes one step of a network as an ONNX graph: an observation <c>[batch, features]</c> and the state before it in, the prediction and the
/// state after it out. Run over a sequence from a state of zeros, its predictions are those that <see cref="ModelEmitter"/>'s graph gives
/// for the sequence so far.
/// </summary>
internal static class StreamingEmitter
{
    /// <summary>The reason why a network cannot be run step by step; null if it can.</summary>
    public static string? Refusal(RecurrentOptions options, Scaler scaler, SequenceModelManifest manifest)
    {
        if (options.Bidirectional)
            return "The network is bidirectional: its second direction starts at the end of the sequence, which a stream does not know. "
                + "Train one without Bidirectional.";
        if (options.Input is { Deltas: true } or { StackedSteps: > 1 })
            return "The network reads several steps together (Input.Deltas or Input.StackedSteps), and a stream gives one at a time.";
        if (manifest.Tokens > 0 && manifest.Language is null)
            return "The network reads tokens, of which those at the end of a sequence tell what is padding: score texts as a whole.";
        if (options.AttentionColumnName is not null)
            return "AttentionColumnName asks for a weight of each step, and each observation changes those of all steps before it. Train without it.";
        if (scaler.DifferencedFeatures is not null)
            return "Scaling.Difference takes every step relative to the last one, so that each observation changes all that came before. "
                + "Train without it, on differences made before the windowing if the series wanders.";
        if (manifest.Forecast is { TargetFeatures.IsEmpty: false })
            return "The network scales each window by its own values, or maps it to the horizon as a whole (ForecastOptions.Normalization, "
                + "LinearHighway, Decoder), and each observation changes the window. Train without them.";
        if (options.Cell.StreamingStates == 0)
            return $"Cell '{options.Cell}' has no streaming form: override StreamingStates and EmitStreaming, or derive it from StepwiseCell.";
        return null;
    }

    public static (ModelProto Graph, StreamingState[] States) Emit(
        RecurrentNetwork network, SequenceTask task, Scaler scaler, SequenceModelManifest manifest)
    {
        var graph = new OnnxGraphBuilder();
        var states = new StreamingStates(graph, manifest);
        string raw = graph.Input(manifest.FeatureColumnName, "batch", manifest.Features);            // [B, F]
        if (manifest.Language is not null)
            return EmitText(graph, raw, states, network, task, scaler, manifest);
        string scaled = ScalingEmission.EmitScaling(graph, raw, last: null, scaler);
        string step = graph.Node("Unsqueeze", [scaled, graph.Integers(0)]);                           // [1, B, F]
        string prediction = network.EmitStreaming(graph, step, states);                               // [B, K]
        string missing = EmitMissing(graph, step, states.Before("m", 1));                             // [1, B, 1]
        states.After("m", "mn", missing);
        string flat = graph.Node("Squeeze", [missing, graph.Integers(0)]);                            // [B, 1]
        task.EmitOutputs(graph, new(prediction, flat, Last: null, scaler, manifest.Outputs, Forecast: manifest.Forecast));
        return (graph.Build(), states.All);
    }

    // A token, or what begins a text, whose key is behind those of the vocabulary; any other number is an unknown token.
    private static (ModelProto Graph, StreamingState[] States) EmitText(
        OnnxGraphBuilder graph, string raw, StreamingStates states, RecurrentNetwork network, SequenceTask task, Scaler scaler,
        SequenceModelManifest manifest)
    {
        string zero = graph.Singles(0f);
        string isKey = graph.Node("And", // false for NaN
        [
            graph.Node("Greater", [raw, zero]), graph.Node("LessOrEqual", [raw, graph.Singles(manifest.Tokens + 1f)]),
        ]);
        string token = graph.Node("Where", [isKey, raw, zero]);                                       // [B, 1]
        string step = graph.Node("Unsqueeze", [token, graph.Integers(0)]);                            // [1, B, 1]
        string prediction = network.EmitStreaming(graph, step, states);                               // [B, K]
        task.EmitOutputs(graph, new(prediction, zero, Last: null, scaler, manifest.Outputs));
        return (graph.Build(), states.All);
    }

    // NaN from the first missing value on, else 0: as a sequence that holds one has no prediction.
    private static string EmitMissing(OnnxGraphBuilder graph, string step, string before)
    {
        string sum = graph.Node("ReduceSum", [step, graph.Integers(2)], ("keepdims", 1));                 // [1, B, 1]
        string zero = graph.Node("Mul", [sum, graph.Initializer("missing.zero", [0f])]);                  // NaN · 0 = ∞ · 0 = NaN
        return graph.Node("Add", [before, zero]);
    }
}
