using TorchSharp;

namespace MlNetRnn;

/// <summary>A copy of a network's weights, made anew in the same memory.</summary>
internal sealed class Snapshot(RecurrentNetwork network) : IStateful, IDisposable
{
    private readonly torch.Tensor[] _weights = [.. network.Parameters.Select(p => p.Value.detach().clone().DetachFromDisposeScope())];

    public void Take() => Copy(network.Parameters.Select(p => (torch.Tensor)p.Value), _weights);

    public void Restore() => Copy(_weights, network.Parameters.Select(p => (torch.Tensor)p.Value));

    public void Write(BinaryWriter writer) => Values.Write(writer);

    public void Read(BinaryReader reader) => Values.Read(reader);

    public void Dispose()
    {
        foreach (var weight in _weights)
            weight.Dispose();
    }

    private WeightValues Values => new([.. network.Parameters.Zip(_weights, (p, weight) => (p.Name, weight))]);

    private static void Copy(IEnumerable<torch.Tensor> from, IEnumerable<torch.Tensor> to)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        foreach (var (source, destination) in from.Zip(to))
            destination.copy_(source);
    }
}
