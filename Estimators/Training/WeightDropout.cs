using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>
/// Dropout of hidden-to-hidden weights (weight-dropped LSTM: Merity, Keskar and Socher, 2018). The weights themselves are masked for
/// one forward and backward pass, so that libtorch's fused layers need not know of it; before the optimizer's step they are whole again.
/// </summary>
internal sealed class WeightDropout : IStateful, IDisposable
{
    private readonly DropoutMasks _masks;
    private readonly torch.Device _device;
    private readonly Weight[] _weights;

    public WeightDropout(double dropout, int seed, IEnumerable<Parameter> weights, torch.Device device)
    {
        _masks = new DropoutMasks(dropout, seed, stream: 2);
        _device = device;
        _weights = dropout == 0 ? [] : [.. weights.Select(w => new Weight(w))];
        if (dropout > 0 && _weights.Length == 0)
            throw new InvalidOperationException("RecurrentDropout is set, but no parameter of the cell's layers is a recurrent weight. "
                + "Name them weight_hh…, override RecurrentLayer.IsRecurrentWeight, or set RecurrentDropout to 0.");
    }

    /// <summary>Masks the weights: 0 for those dropped, the others scaled up so that the expected value stays.</summary>
    public void Drop()
    {
        using var guard = torch.no_grad();
        foreach (var weight in _weights)
        {
            _masks.Fill(TensorData.Span(weight.HostMask));
            weight.Mask = _device.type == DeviceType.CPU ? weight.HostMask : weight.HostMask.to(_device);
            weight.Whole.copy_(weight.Parameter);
            weight.Parameter.mul_(weight.Mask);
        }
    }

    /// <summary>Makes gradients by the masked weights into gradients by the whole ones, and puts those back.</summary>
    public void Restore()
    {
        using var guard = torch.no_grad();
        foreach (var weight in _weights)
        {
            weight.Parameter.grad?.mul_(weight.Mask!);
            weight.Parameter.copy_(weight.Whole);
        }
    }

    public void Write(BinaryWriter writer) => _masks.Write(writer); // the weights are whole between batches

    public void Read(BinaryReader reader) => _masks.Read(reader);

    public void Dispose()
    {
        foreach (var weight in _weights)
        {
            weight.Whole.Dispose();
            weight.HostMask.Dispose();
        }
    }

    private sealed class Weight(Parameter parameter)
    {
        public Parameter Parameter { get; } = parameter;

        public torch.Tensor Whole { get; } = parameter.detach().clone().DetachFromDisposeScope();

        public torch.Tensor HostMask { get; } = torch.empty(parameter.shape, dtype: torch.float32).DetachFromDisposeScope();

        public torch.Tensor? Mask { get; set; } // on the weight's device, for one batch
    }
}
