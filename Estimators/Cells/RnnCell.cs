using MlNetRnn.Fused;
using TorchSharp;

namespace MlNetRnn;

/// <summary>Elman's network.</summary>
/// <param name="name">Name in the model file.</param>
/// <param name="activation">ONNX name of the activation: <c>Tanh</c> or <c>Relu</c>.</param>
internal sealed class RnnCell(string name, string activation) : RecurrentCell
{
    private static readonly int[] OnnxGateOrder = [0];

    public override string Name => name;

    public override RecurrentLayer CreateLayer(int inputSize, int hiddenSize, bool bidirectional) => new Layer(
        inputSize, hiddenSize, bidirectional,
        activation == "Relu" ? torch.nn.NonLinearities.ReLU : torch.nn.NonLinearities.Tanh);

    public override void Initialize(RecurrentLayer layer, Random random) => GateWeights.Initialize(layer, gates: 1, random);

    public override (string Output, string Final) EmitOnnx(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string? lengths) =>
        GateWeights.Emit(
            graph, "RNN", layer, prefix, input, lengths, OnnxGateOrder,
            ("activations", Enumerable.Repeat(activation, layer.Directions).ToArray()));

    public override int StreamingStates => 1;

    public override string[] EmitStreaming(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string[] states) =>
        GateWeights.EmitStreaming(graph, "RNN", layer, prefix, input, states, OnnxGateOrder, ("activations", new[] { activation }));

    public override void ReadOnnx(OnnxWeights weights, RecurrentLayer layer, string prefix) =>
        GateWeights.Read(weights, layer, prefix, OnnxGateOrder);

    private sealed class Layer(int inputSize, int hiddenSize, bool bidirectional, torch.nn.NonLinearities nonLinearity)
        : GateLayer(
            torch.nn.RNN(inputSize, hiddenSize, nonLinearity: nonLinearity, bidirectional: bidirectional), inputSize, hiddenSize, bidirectional)
    {
        protected override FusedCell FusedCell =>
            nonLinearity == torch.nn.NonLinearities.ReLU ? FusedCell.RnnRelu : FusedCell.RnnTanh;

        protected override (torch.Tensor Output, torch.Tensor Final) RunLibTorch(torch.Tensor input, torch.Tensor? lengths)
        {
            var rnn = (TorchSharp.Modules.RNN)Module;
            return Packing.Run(input, lengths, x => rnn.call(x, ZeroState(input)), x => rnn.call(x, ZeroState(input)));
        }

        protected override (torch.Tensor Output, torch.Tensor Hidden, torch.Tensor? Cell) RunLibTorch(torch.Tensor input, torch.Tensor hidden, torch.Tensor cell)
        {
            var (output, after) = ((TorchSharp.Modules.RNN)Module).call(input, hidden);
            return (output, after, null);
        }
    }
}
