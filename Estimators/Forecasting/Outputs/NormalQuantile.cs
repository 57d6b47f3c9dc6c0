using TorchSharp;

namespace MlNetRnn;

/// <summary>Quantiles of the standard normal distribution.</summary>
internal static class NormalQuantile
{
    /// <param name="level">Between 0 and 1.</param>
    public static double At(double level)
    {
        using var scope = torch.NewDisposeScope();
        return Math.Sqrt(2) * torch.special.erfinv(torch.tensor([(2 * level) - 1])).item<double>();
    }
}
