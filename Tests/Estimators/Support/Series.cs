namespace MlNetRnn.Tests;

/// <summary>Series to train on.</summary>
internal static class Series
{
    /// <summary>sin(0.1 t) and normal noise.</summary>
    public static float[] NoisySine(int length, double noise = 0.1, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(t => (float)(Math.Sin(0.1 * t) + noise * Normal(random)))];
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
