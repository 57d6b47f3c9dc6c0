using TorchSharp;

namespace MlNetRnn;

/// <summary>The values of tensors of Single, on any device, with their names.</summary>
internal sealed class WeightValues(IReadOnlyList<(string Name, torch.Tensor Value)> tensors) : IStateful
{
    public WeightValues(RecurrentNetwork network)
        : this([.. network.Parameters.Select(p => (p.Name, (torch.Tensor)p.Value))])
    {
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(tensors.Count);
        foreach (var (name, value) in tensors)
        {
            writer.Write(name);
            writer.Write(Shape(value));
            writer.WriteValues<float>(TensorData.Read(value));
        }
    }

    public void Read(BinaryReader reader)
    {
        if (reader.ReadInt32() is var count && count != tensors.Count)
            throw new InvalidDataException($"The network has {count} weight tensors in the checkpoint, {tensors.Count} here.");
        foreach (var (name, value) in tensors)
        {
            var (theirs, ours) = ($"{reader.ReadString()} {reader.ReadString()}", $"{name} {Shape(value)}");
            if (theirs != ours) // a cell of the user's own that was changed
                throw new InvalidDataException($"A weight of the network is {theirs} in the checkpoint, {ours} here.");
            var values = new float[value.numel()];
            reader.ReadValues<float>(values);
            TensorData.Write(value, values);
        }
    }

    private static string Shape(torch.Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
