namespace MlNetRnn;

/// <summary>
/// Puts sequences of like lengths into the same batches (bucketing): in a batch of mixed lengths, whatever is computed for whole batches
/// costs what the longest sequence does. Which ones meet, and the order of the batches, stays random.
/// </summary>
internal sealed class LengthBatches(ISequenceStore sequences, int batchSize)
{
    private const int MostPooled = 64;  // batches whose sequences are sorted together
    private const int FewestPools = 4;  // of an epoch, where it has as many batches: small data would have the same batches in each
    private const float Blur = 0.1f;    // of lengths, so that neighbours change from epoch to epoch

    private float[] _keys = [];

    /// <summary>The sequences that are sorted together where there are so many in all; whole batches, at least one.</summary>
    public int PoolSize(int count) => batchSize * Math.Clamp(count / batchSize / FewestPools, 1, MostPooled);

    /// <summary>Arranges sequences that were shuffled. Those that fill no batch stay at the end, as they were drawn.</summary>
    /// <param name="shuffled">The sequences, by number.</param>
    /// <param name="poolSize">The sequences that are sorted together, whole batches.</param>
    /// <param name="random">What decides.</param>
    public void Arrange(Span<int> shuffled, int poolSize, Random random)
    {
        var whole = shuffled[..(shuffled.Length / batchSize * batchSize)];
        for (var rest = whole; rest.Length > 0; rest = rest[Math.Min(poolSize, rest.Length)..])
            Sort(rest[..Math.Min(poolSize, rest.Length)], random);
        for (int last = (whole.Length / batchSize) - 1; last > 0; last--) // Fisher and Yates
            Swap(whole, random.Next(last + 1), last);
    }

    private void Sort(Span<int> pool, Random random)
    {
        if (_keys.Length < pool.Length)
            _keys = new float[pool.Length];
        var keys = _keys.AsSpan(0, pool.Length);
        for (int i = 0; i < pool.Length; i++)
            keys[i] = sequences[pool[i]].Length * (1 + (Blur * random.NextSingle()));
        keys.Sort(pool);
    }

    private void Swap(Span<int> batches, int one, int other)
    {
        for (int i = 0; i < batchSize; i++)
        {
            ref int a = ref batches[(one * batchSize) + i], b = ref batches[(other * batchSize) + i];
            (a, b) = (b, a);
        }
    }
}
