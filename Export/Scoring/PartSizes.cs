namespace MlNetRnn;

/// <summary>
/// How a call's sequences are cut into parts, each of which is one run of ONNX Runtime. Measured on two CPUs' worth of shapes: a smaller part
/// gains less from a thread than its start costs, a larger one leaves the cache.
/// </summary>
/// <param name="Fewest">Sequences that a part has at least, where there are as many.</param>
/// <param name="Most">Sequences that a part has at most.</param>
internal sealed record PartSizes(int Fewest, int Most)
{
    /// <summary>Sequences × steps of a run of several sequences: beyond, ONNX Runtime needs more memory and is slower.</summary>
    public const int MostSteps = 1 << 13;

    /// <summary>For the recurrent operators of ONNX Runtime, whose rate falls beyond a few sequences.</summary>
    public static PartSizes OfOperators { get; } = new(16, 32);

    /// <summary>For RNN as <c>Scan</c> (<see cref="ScanForm"/>): from a few sequences on it is the faster form.</summary>
    public static PartSizes OfScannedRnn { get; } = new(16, 128);

    /// <summary>For GRU as <c>Scan</c>: its many small operators pay from here on.</summary>
    public static PartSizes OfScannedGru { get; } = new(64, 128);

    /// <summary>The most sequences of a run.</summary>
    public int Largest(int steps) => Math.Clamp(MostSteps / steps, 1, Most);

    /// <summary>The most sequences of a run, where <paramref name="count"/> of them are there for all threads.</summary>
    public int Largest(int count, int steps, int threads) => Math.Min(Largest(steps), Math.Max(Fewest, Ceiling(count, threads)));

    /// <summary>The number of equal parts: few, but as many for each thread.</summary>
    public int Count(int count, int steps, int threads)
    {
        int parts = Ceiling(count, Largest(count, steps, threads));
        int even = Ceiling(parts, threads) * threads;
        return count / even >= Fewest ? even : parts;
    }

    private static int Ceiling(int value, int divisor) => (int)(((long)value + divisor - 1) / divisor);
}
