using MlNetRnn.Fused;
using TorchSharp;

namespace MlNetRnn;

// What language models have beyond other networks.
internal sealed partial class RecurrentNetwork
{
    private bool IsTied => _language?.TieEmbeddings == true;

    // The values of all tokens but the unknown one, [outputs, E].
    private torch.Tensor Tied() => _embedding!.weight!.narrow(0, 1, _embedding.weight!.shape[0] - 1);

    // Over a part of texts, int64 [steps, batch], from the states after the part before; of each token that is predicted, [tokens, outputs].
    private torch.Tensor ForwardText(torch.Tensor tokens, torch.Tensor? lengths, TextPart text, DropoutMasks? dropout, DropoutMasks? inputDropout)
    {
        var x = _embedding!.call(tokens);                                                           // [T, B, E]
        x = inputDropout?.Apply(x) ?? x;
        for (int i = 0; i < _recurrent.Count; i++)
        {
            var layer = (GateLayer)_recurrent[i];
            layer.Carried ??= new CarriedStates(layer.HiddenSize);
            if (text.Begins)
                layer.Carried.Begin((int)tokens.shape[1]);
            x = layer.Forward(x, lengths, LayerResults.Output).Output!;                              // [T, B, H]
            x = _norms.Count > 0 ? _norms[i].call(x) : x;
            x = dropout?.Apply(x) ?? x;
        }
        x = x.view(-1, x.shape[2]);                                                                  // [T·B, H]
        return Head(text.Predicting is null ? x : x.index_select(0, text.Predicting));
    }

    // What begins a text stands before its tokens, [T, B, 1] → [1 + T, B, 1].
    private (torch.Tensor Input, torch.Tensor? Lengths) Begun(torch.Tensor input, torch.Tensor? lengths)
    {
        using Scalar begin = ((float)(_embedding!.weight!.shape[0] - 1)).ToScalar(), one = 1L.ToScalar();
        return (torch.cat([torch.full([1, input.shape[1], 1], begin, device: input.device), input], 0), lengths?.add(one));
    }

    private string EmitTied(OnnxGraphBuilder graph, string x)
    {
        string bias = graph.Initializer("head.bias", TensorData.Read(_head.bias!), _head.bias!.shape);
        string tokens = graph.Node("Slice", ["embedding.weight", graph.Integers(1), graph.Integers(int.MaxValue), graph.Integers(0)]);
        return graph.Node("Gemm", [x, tokens, bias], ("transB", 1));
    }
}
