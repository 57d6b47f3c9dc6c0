using TorchSharp;

namespace MlNetRnn;

/// <summary>Gated recurrent unit.</summary>
internal sealed class GruCell : RecurrentCell
{
    private static readonly int[] OnnxGateOrder = [1, 0, 2]; // torch r z n → ONNX z r h

    public override string Name => "gru";

    public override RecurrentLayer CreateLayer(int inputSize, int hiddenSize, bool bidirectional) => new Layer(inputSize, hiddenSize, bidirectional);

    public override void Initialize(RecurrentLayer layer, Random random) => GateWeights.Initialize(layer, gates: 3, random);

    public override (string Output, string Final) EmitOnnx(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input) =>
        GateWeights.Emit(graph, "GRU", layer, prefix, input, OnnxGateOrder, ("linear_before_reset", 1));

    private sealed class Layer(int inputSize, int hiddenSize, bool bidirectional)
        : RecurrentLayer(torch.nn.GRU(inputSize, hiddenSize, bidirectional: bidirectional), inputSize, hiddenSize, bidirectional)
    {
        public override (torch.Tensor Output, torch.Tensor Final) Forward(torch.Tensor input) =>
            ((TorchSharp.Modules.GRU)Module).call(input, ZeroState(input));
    }
}
