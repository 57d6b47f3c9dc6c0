using System.Runtime.InteropServices;
using TorchSharp;

namespace MlNetRnn;

/// <summary>Copies between tensors of Single on any device and managed memory.</summary>
internal static class TensorData
{
    public static float[] Read(torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        return Span(tensor.detach().cpu().contiguous()).ToArray();
    }

    public static void Write(torch.Tensor tensor, ReadOnlySpan<float> values)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        var host = torch.empty(tensor.shape, dtype: torch.float32);
        values.CopyTo(Span(host));
        tensor.copy_(host);
    }

    /// <summary>The memory of a contiguous Single tensor on the CPU.</summary>
    public static Span<float> Span(torch.Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
