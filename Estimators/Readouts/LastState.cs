using TorchSharp;

namespace MlNetRnn;

/// <summary>The final state, which the recurrent layer itself gives, padding or not.</summary>
internal sealed class LastState : ReadoutLayer
{
    public override LayerResults Reads => LayerResults.Final;

    public override torch.Tensor Forward(torch.Tensor values, torch.Tensor? lengths) => values;

    public override (string Output, string? Weights) EmitOnnx(OnnxGraphBuilder graph, string values, string? lengths) => (values, null);

    public override string EmitStreaming(OnnxGraphBuilder graph, string step, StreamingStates states) => step;
}
