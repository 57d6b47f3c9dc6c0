namespace MlNetRnn;

/// <summary>How a call's sequences are cut into parts, each of which is one run of ONNX Runtime.</summary>
internal static class Parts
{
    private const int MostSequences = 64; // larger runs leave the cache
    private const int FewestSequences = 32; // a smaller part gains less from a thread than its start costs
    private const int MostSteps = 1 << 13; // sequences × steps: beyond, ONNX Runtime needs more memory and is slower

    /// <summary>The most sequences of a run.</summary>
    public static int Largest(int steps) => Math.Clamp(MostSteps / steps, 1, MostSequences);

    /// <summary>The most sequences of a run, where <paramref name="count"/> of them are there for all threads.</summary>
    public static int Largest(int count, int steps, int threads)
    {
        int runs = threads == 1 ? 1 : 2 * threads; // two for each: a thread that comes late takes less
        return Math.Min(Largest(steps), Math.Max(FewestSequences, Ceiling(count, runs)));
    }

    /// <summary>The number of equal parts: few, but as many for each thread.</summary>
    public static int Count(int count, int steps, int threads)
    {
        int parts = Ceiling(count, Largest(count, steps, threads));
        int even = Ceiling(parts, threads) * threads;
        return count / even >= FewestSequences ? even : parts;
    }

    private static int Ceiling(int value, int divisor) => (int)(((long)value + divisor - 1) / divisor);
}
