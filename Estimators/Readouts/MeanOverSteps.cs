using TorchSharp;

namespace MlNetRnn;

/// <summary>The mean over the steps.</summary>
internal sealed class MeanOverSteps(int size) : ReadoutLayer
{
    public override torch.Tensor Forward(torch.Tensor values, torch.Tensor? lengths)
    {
        if (lengths is null)
            return values.mean([0]);                                                // [T, B, S] → [B, S]
        var counts = lengths.to(torch.float32).view(-1, 1).to(values.device);       // [B, 1]
        return values.masked_fill(Padding(values, lengths), Zero).sum([0]) / counts;
    }

    public override (string Output, string? Weights) EmitOnnx(OnnxGraphBuilder graph, string values, string? lengths)
    {
        if (lengths is null)
            return (graph.Node("ReduceMean", [values], ("axes", new long[] { 0 }), ("keepdims", 0)), null);
        string real = EmitMasked(graph, values, SequenceMask.Emit(graph, values, lengths), other: 0);
        string sum = graph.Node("ReduceSum", [real, graph.Integers(0)], ("keepdims", 0)); // [B, S]
        string count = graph.Node("Cast", [lengths], ("to", (int)OnnxElementType.Float));
        return (graph.Node("Div", [sum, graph.Node("Reshape", [count, graph.Integers(-1, 1)])]), null);
    }

    // The mean so far and the steps so far: a sum would lose digits in a long stream.
    public override string EmitStreaming(OnnxGraphBuilder graph, string step, StreamingStates states)
    {
        string before = states.Before("r", size);
        string change = graph.Node("Div", [graph.Node("Sub", [step, before]), EmitCount(graph, states)]);
        string mean = graph.Node("Add", [before, change]);
        states.After("r", "rn", mean);
        return mean;
    }
}
