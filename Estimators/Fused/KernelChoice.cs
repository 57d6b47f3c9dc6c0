using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace MlNetRnn.Fused;

/// <summary>
/// Which of the two ways to compute a recurrent layer is taken: by the table below, never by timing. It was made by the training benchmark
/// on AVX-512 and, held to it, on AVX2.
/// </summary>
internal static class KernelChoice
{
    /// <summary>Our kernels beside libtorch's layers, forward and backward, over hidden sizes 1 to 1024 and batches of 1 to 256.</summary>
    private static readonly (string Vectors, Func<bool> IsHere, bool IsFaster)[] Table =
    [
        ("AVX-512", () => Vector512.IsHardwareAccelerated, true), // LSTM 1.1 to 5.2 times as fast, GRU 2.6 to 40, RNN 1.9 to 13
        ("AVX2", () => Avx2.IsSupported && Fma.IsSupported, true), // LSTM 1.0 to 4.8, GRU 1.2 to 13, RNN 1.4 to 9
        ("none of these", () => true, false), // not measured: libtorch
    ];

    /// <summary>Whether our kernels are to compute the layers of a network.</summary>
    /// <exception cref="ArgumentException">They are asked for and cannot.</exception>
    public static bool UsesFused(RecurrentOptions options, torch.Device device)
    {
        var (vectors, _, isFaster) = Array.Find(Table, row => row.IsHere());
        string? obstacle = !RecurrentCell.BuiltIn.Contains(options.Cell) ? $"the cell '{options.Cell}' is your own"
            : device.type != DeviceType.CPU ? $"training runs on {device}"
            : !isFaster ? $"of AVX-512 and AVX2 this machine has {vectors}"
            : null;
        return options.Training.Kernels switch
        {
            RecurrentKernels.LibTorch => false,
            RecurrentKernels.Fused when obstacle is not null => throw new ArgumentException(
                $"Training.Kernels is Fused, but {obstacle}. Leave it at Auto, or choose LibTorch."),
            _ => obstacle is null,
        };
    }
}
