using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>
/// A cell of one's own with two states: LSTM whose gates see the cell state (Gers, Schraudolph and Schmidhuber, 2002).
/// </summary>
public sealed class PeepholeLstmCell : StepwiseCell
{
    public override string Name => "peephole-lstm";

    public override int States => 2; // hidden state, cell state

    public override IReadOnlyList<CellWeight> Weights(int inputSize, int hiddenSize) =>
    [
        new("weight_ih", WeightInitialization.GlorotUniform, 4 * hiddenSize, inputSize), // input gate, forget gate, candidate, output gate
        new("weight_hh", WeightInitialization.Orthogonal, 4 * hiddenSize, hiddenSize),
        new("bias_ih", WeightInitialization.Zeros, 4 * hiddenSize),
        new("peephole_i", WeightInitialization.Zeros, hiddenSize),
        new("peephole_f", WeightInitialization.Zeros, hiddenSize),
        new("peephole_o", WeightInitialization.Zeros, hiddenSize),
    ];

    public override torch.Tensor ForwardInput(IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor input) =>
        torch.nn.functional.linear(input, weights["weight_ih"], weights["bias_ih"]);

    public override string EmitInput(OnnxGraphBuilder graph, IReadOnlyDictionary<string, string> weights, string input) =>
        graph.Node("Add", [graph.Node("MatMul", [input, Transposed(graph, weights["weight_ih"])]), weights["bias_ih"]]);

    public override torch.Tensor[] ForwardStep(
        IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor projected, torch.Tensor[] states)
    {
        var (h, c) = (states[0], states[1]);
        var parts = (projected + torch.nn.functional.linear(h, weights["weight_hh"])).chunk(4, dim: 1); // [B, H] each
        var input = (parts[0] + weights["peephole_i"] * c).sigmoid();
        var forget = (parts[1] + weights["peephole_f"] * c).sigmoid();
        var cell = forget * c + input * parts[2].tanh();
        var output = (parts[3] + weights["peephole_o"] * cell).sigmoid();
        return [output * cell.tanh(), cell];
    }

    public override string[] EmitStep(
        OnnxGraphBuilder graph, IReadOnlyDictionary<string, string> weights, string projected, string[] states)
    {
        string recurrent = graph.Node("MatMul", [states[0], Transposed(graph, weights["weight_hh"])]);
        string[] parts = graph.Nodes("Split", [graph.Node("Add", [projected, recurrent])], outputs: 4, ("axis", 1));
        string Gate(string part, string peephole, string cell) => graph.Node(
            "Sigmoid", [graph.Node("Add", [part, graph.Node("Mul", [weights[peephole], cell])])]);
        string kept = graph.Node("Mul", [Gate(parts[1], "peephole_f", states[1]), states[1]]);
        string added = graph.Node("Mul", [Gate(parts[0], "peephole_i", states[1]), graph.Node("Tanh", [parts[2]])]);
        string after = graph.Node("Add", [kept, added]);
        return [graph.Node("Mul", [Gate(parts[3], "peephole_o", after), graph.Node("Tanh", [after])]), after];
    }

    private static string Transposed(OnnxGraphBuilder graph, string matrix) =>
        graph.Node("Transpose", [matrix], ("perm", new long[] { 1, 0 }));
}
