using TorchSharp;

namespace MlNetRnn;

/// <summary>The largest of each value over the steps.</summary>
internal sealed class MaxOverSteps(int size) : ReadoutLayer
{
    public override torch.Tensor Forward(torch.Tensor values, torch.Tensor? lengths)
    {
        var real = lengths is null ? values : values.masked_fill(Padding(values, lengths), Lowest);
        return real.amax([0]); // [T, B, S] → [B, S]; steps that share the largest share its gradient
    }

    public override (string Output, string? Weights) EmitOnnx(OnnxGraphBuilder graph, string values, string? lengths)
    {
        string real = lengths is null
            ? values
            : EmitMasked(graph, values, SequenceMask.Emit(graph, values, lengths), float.NegativeInfinity);
        return (graph.Node("ReduceMax", [real], ("axes", new long[] { 0 }), ("keepdims", 0)), null);
    }

    // The largest so far, which is the first step's own, since states begin as zero.
    public override string EmitStreaming(OnnxGraphBuilder graph, string step, StreamingStates states)
    {
        string before = states.Before("r", size);
        string isFirst = graph.Node("LessOrEqual", [EmitCount(graph, states), graph.Singles(1)]);
        string largest = graph.Node("Where", [isFirst, step, graph.Node("Max", [step, before])]);
        states.After("r", "rn", largest);
        return largest;
    }
}
