using MlNetRnn.Fused;
using TorchSharp;

namespace MlNetRnn;

/// <summary>Long short-term memory.</summary>
internal sealed class LstmCell : RecurrentCell
{
    private static readonly int[] OnnxGateOrder = [0, 3, 1, 2]; // torch i f g o → ONNX i o f c

    public override string Name => "lstm";

    public override RecurrentLayer CreateLayer(int inputSize, int hiddenSize, bool bidirectional) => new Layer(inputSize, hiddenSize, bidirectional);

    public override void Initialize(RecurrentLayer layer, Random random) =>
        GateWeights.Initialize(layer, gates: 4, random, forgetGate: 1); // an open forget gate lets gradients through at the start

    public override (string Output, string Final) EmitOnnx(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string? lengths) =>
        GateWeights.Emit(graph, "LSTM", layer, prefix, input, lengths, OnnxGateOrder);

    public override int StreamingStates => 2; // hidden and cell state

    public override string[] EmitStreaming(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string[] states) =>
        GateWeights.EmitStreaming(graph, "LSTM", layer, prefix, input, states, OnnxGateOrder);

    public override void ReadOnnx(OnnxWeights weights, RecurrentLayer layer, string prefix) =>
        GateWeights.Read(weights, layer, prefix, OnnxGateOrder);

    private sealed class Layer(int inputSize, int hiddenSize, bool bidirectional)
        : GateLayer(torch.nn.LSTM(inputSize, hiddenSize, bidirectional: bidirectional), inputSize, hiddenSize, bidirectional)
    {
        protected override FusedCell FusedCell => FusedCell.Lstm;

        protected override (torch.Tensor Output, torch.Tensor Final) RunLibTorch(torch.Tensor input, torch.Tensor? lengths)
        {
            var lstm = (TorchSharp.Modules.LSTM)Module;
            return Packing.Run(
                input, lengths, x => WithoutCellState(lstm.call(x, (ZeroState(input), ZeroState(input)))),
                x => WithoutCellState(lstm.call(x, (ZeroState(input), ZeroState(input)))));
        }

        protected override (torch.Tensor Output, torch.Tensor Hidden, torch.Tensor? Cell) RunLibTorch(torch.Tensor input, torch.Tensor hidden, torch.Tensor cell) =>
            ((TorchSharp.Modules.LSTM)Module).call(input, (hidden, cell));

        private static (T, torch.Tensor) WithoutCellState<T>((T Output, torch.Tensor Final, torch.Tensor Cell) run) => (run.Output, run.Final);
    }
}
