using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Elman's cell without recurrent weights, whose parts tests replace by broken ones.</summary>
internal sealed class BrokenCell : StepwiseCell
{
    public string? GivenName { get; init; } = "broken";

    public int GivenStates { get; init; } = 1;

    public string[] MoreWeights { get; init; } = [];

    public Func<torch.Tensor, torch.Tensor, torch.Tensor[]> Step { get; init; } = (projected, state) => [(projected + state).tanh()];

    public Func<OnnxGraphBuilder, string, string, string[]> Emit { get; init; } = (graph, projected, state) =>
        [graph.Node("Tanh", [graph.Node("Add", [projected, state])])];

    public override string Name => GivenName!;

    public override int States => GivenStates;

    public override IReadOnlyList<CellWeight> Weights(int inputSize, int hiddenSize) =>
    [
        new("weight_ih", WeightInitialization.GlorotUniform, hiddenSize, inputSize),
        .. MoreWeights.Select(name => new CellWeight(name, WeightInitialization.Zeros, 1)),
    ];

    public override torch.Tensor ForwardInput(IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor input) =>
        torch.nn.functional.linear(input, weights["weight_ih"]);

    public override string EmitInput(OnnxGraphBuilder graph, IReadOnlyDictionary<string, string> weights, string input) =>
        graph.Node("MatMul", [input, graph.Node("Transpose", [weights["weight_ih"]], ("perm", new long[] { 1, 0 }))]);

    public override torch.Tensor[] ForwardStep(
        IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor projected, torch.Tensor[] states) => Step(projected, states[0]);

    public override string[] EmitStep(
        OnnxGraphBuilder graph, IReadOnlyDictionary<string, string> weights, string projected, string[] states) =>
        Emit(graph, projected, states[0]);
}
