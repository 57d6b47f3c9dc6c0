using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetRnn;

/// <summary>Chooses the device to train on.</summary>
internal static partial class TorchDevice
{
    public static bool IsName(string name) => DeviceName().IsMatch(name);

    /// <summary>The device asked for by option, or else by the MLContext.</summary>
    /// <exception cref="InvalidOperationException">CUDA was asked for and is not there.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)] // names torch types: may only run once libtorch is loaded
    public static torch.Device Choose(string? option, IHostEnvironment env)
    {
        if (option is not null)
            return option.StartsWith("cuda", StringComparison.Ordinal) ? Cuda(option, $"Training.Device is '{option}'", "Choose 'cpu'") : torch.CPU;
        var context = env as IHostEnvironmentInternal;
        if (context?.GpuDeviceId is not { } id)
            return torch.CPU;
        return context.FallbackToCpu && !torch.cuda_is_available()
            ? torch.CPU
            : Cuda($"cuda:{id}", $"mlContext.GpuDeviceId is {id}", "Set mlContext.FallbackToCpu");
    }

    private static torch.Device Cuda(string name, string wish, string remedy)
    {
        if (!torch.cuda_is_available())
        {
            throw new InvalidOperationException(
                $"{wish}, but libtorch finds no CUDA device. {remedy}, or reference TorchSharp-cuda-linux / TorchSharp-cuda-windows "
                    + "instead of TorchSharp-cpu on a machine with an NVIDIA driver.");
        }
        return torch.device(name);
    }

    [GeneratedRegex(@"^(cpu|cuda(:\d+)?)\z")]
    private static partial Regex DeviceName();
}
