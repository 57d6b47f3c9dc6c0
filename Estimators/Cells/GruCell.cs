using MlNetRnn.Fused;
using TorchSharp;

namespace MlNetRnn;

/// <summary>Gated recurrent unit.</summary>
internal sealed class GruCell : RecurrentCell
{
    private static readonly int[] OnnxGateOrder = [1, 0, 2]; // torch r z n → ONNX z r h

    public override string Name => "gru";

    public override RecurrentLayer CreateLayer(int inputSize, int hiddenSize, bool bidirectional) => new Layer(inputSize, hiddenSize, bidirectional);

    public override void Initialize(RecurrentLayer layer, Random random) => GateWeights.Initialize(layer, gates: 3, random);

    public override (string Output, string Final) EmitOnnx(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string? lengths) =>
        GateWeights.Emit(graph, "GRU", layer, prefix, input, lengths, OnnxGateOrder, ("linear_before_reset", 1));

    public override int StreamingStates => 1;

    public override string[] EmitStreaming(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string[] states) =>
        GateWeights.EmitStreaming(graph, "GRU", layer, prefix, input, states, OnnxGateOrder, ("linear_before_reset", 1));

    public override void ReadOnnx(OnnxWeights weights, RecurrentLayer layer, string prefix) =>
        GateWeights.Read(weights, layer, prefix, OnnxGateOrder);

    private sealed class Layer(int inputSize, int hiddenSize, bool bidirectional)
        : GateLayer(torch.nn.GRU(inputSize, hiddenSize, bidirectional: bidirectional), inputSize, hiddenSize, bidirectional)
    {
        protected override FusedCell FusedCell => FusedCell.Gru;

        protected override (torch.Tensor Output, torch.Tensor Final) RunLibTorch(torch.Tensor input, torch.Tensor? lengths)
        {
            var gru = (TorchSharp.Modules.GRU)Module;
            return Packing.Run(input, lengths, x => gru.call(x, ZeroState(input)), x => gru.call(x, ZeroState(input)));
        }

        protected override (torch.Tensor Output, torch.Tensor Hidden, torch.Tensor? Cell) RunLibTorch(torch.Tensor input, torch.Tensor hidden, torch.Tensor cell)
        {
            var (output, after) = ((TorchSharp.Modules.GRU)Module).call(input, hidden);
            return (output, after, null);
        }
    }
}
