using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>A recurrent layer of TorchSharp's own, as its users write it.</summary>
internal sealed class TorchLayer : torch.nn.Module<torch.Tensor, (torch.Tensor Steps, torch.Tensor Last)>
{
    private readonly int _hidden;
    private readonly int _directions;
    private readonly torch.nn.Module _layer;

    public TorchLayer(string cell, int inputs, int hidden)
        : base(nameof(TorchLayer))
    {
        _hidden = hidden;
        _directions = cell == "bilstm" ? 2 : 1;
        _layer = cell switch
        {
            "lstm" or "bilstm" => torch.nn.LSTM(inputs, hidden, batchFirst: true, bidirectional: cell == "bilstm"),
            "gru" => torch.nn.GRU(inputs, hidden, batchFirst: true),
            _ => torch.nn.RNN(inputs, hidden, batchFirst: true),
        };
        RegisterComponents();
    }

    /// <summary>Its outputs <c>[batch, steps, directions × hidden]</c> and its last states <c>[batch, directions × hidden]</c>.</summary>
    public override (torch.Tensor Steps, torch.Tensor Last) forward(torch.Tensor input)
    {
        var (steps, final) = Run(input);
        return (steps, final.transpose(0, 1).reshape(input.shape[0], -1)); // [D, B, H] → [B, D·H]
    }

    private (torch.Tensor Steps, torch.Tensor Final) Run(torch.Tensor x)
    {
        torch.Tensor Zero() => torch.zeros(_directions, x.shape[0], _hidden);
        switch (_layer)
        {
            case LSTM lstm:
                var (steps, final, _) = lstm.call(x, (Zero(), Zero()));
                return (steps, final);
            case GRU gru:
                return gru.call(x, Zero());
            default:
                return ((RNN)_layer).call(x, Zero());
        }
    }
}
