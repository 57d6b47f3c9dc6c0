using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>
/// A cell of one's own, in one class: minGRU (Feng et al., "Were RNNs all we needed?", 2024), whose gate and candidate depend on the
/// input alone: z = σ(W_z x), h = (1 - z) h + z (W_h x).
/// </summary>
public sealed class MinGruCell : StepwiseCell
{
    public override string Name => "min-gru";

    public override IReadOnlyList<CellWeight> Weights(int inputSize, int hiddenSize) =>
    [
        new("weight_ih", WeightInitialization.GlorotUniform, 2 * hiddenSize, inputSize), // gate, then candidate
        new("bias_ih", WeightInitialization.Zeros, 2 * hiddenSize),
    ];

    // Both for all steps in one product: [T, B, 2·H]
    public override torch.Tensor ForwardInput(IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor input) =>
        torch.nn.functional.linear(input, weights["weight_ih"], weights["bias_ih"]);

    public override string EmitInput(OnnxGraphBuilder graph, IReadOnlyDictionary<string, string> weights, string input)
    {
        string product = graph.Node("MatMul", [input, graph.Node("Transpose", [weights["weight_ih"]], ("perm", new long[] { 1, 0 }))]);
        return graph.Node("Add", [product, weights["bias_ih"]]);
    }

    public override torch.Tensor[] ForwardStep(
        IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor projected, torch.Tensor[] states)
    {
        var parts = projected.chunk(2, dim: 1); // [B, H] each
        return [torch.lerp(states[0], parts[1], parts[0].sigmoid())];
    }

    public override string[] EmitStep(
        OnnxGraphBuilder graph, IReadOnlyDictionary<string, string> weights, string projected, string[] states)
    {
        string[] parts = graph.Nodes("Split", [projected], outputs: 2, ("axis", 1));
        string gate = graph.Node("Sigmoid", [parts[0]]);
        string change = graph.Node("Mul", [gate, graph.Node("Sub", [parts[1], states[0]])]);
        return [graph.Node("Add", [states[0], change])];
    }
}
