using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Largest absolute differences; infinite where sizes or NaN differ, so that a comparison with a limit fails.</summary>
internal static class Difference
{
    public static double Max(float[] expected, float[] actual)
    {
        if (expected.Length != actual.Length)
            return double.PositiveInfinity;
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }
        return largest;
    }

    public static double Max(torch.Tensor expected, torch.Tensor actual) => expected.shape.SequenceEqual(actual.shape)
        ? Max(TensorData.Read(expected), TensorData.Read(actual))
        : double.PositiveInfinity;
}
