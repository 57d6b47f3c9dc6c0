namespace MlNetRnn.Scenarios;

/// <summary>Generated series.</summary>
public static class Synthetic
{
    /// <summary>
    /// The sine of the classic recurrent network tutorials: sin(<paramref name="frequency"/> · t) at <paramref name="count"/> equally spaced t
    /// from 0 to <paramref name="end"/>, plus normal noise. The same seed gives the same series on every machine and runtime.
    /// </summary>
    public static float[] NoisySine(int seed, int count = 1000, double end = 100, double frequency = 0.1, double noise = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
        var random = new NormalRandom(seed);
        var series = new float[count];
        for (var i = 0; i < count; i++)
            series[i] = (float)(Math.Sin(frequency * end * i / (count - 1)) + (noise * random.Next()));
        return series;
    }
}
