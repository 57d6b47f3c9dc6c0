namespace MlNetRnn;

/// <summary>Collects a batch of sequences of any lengths, one after the other, until the longest is known.</summary>
internal sealed class RaggedBatch(int capacity, int features)
{
    private const int FreePadding = 1 << 16; // steps: up to here padding costs less than one more run

    private readonly int[] _ends = new int[capacity]; // of each sequence, in values
    private float[] _values = [];

    /// <summary>Where the values of sequence <paramref name="index"/> go; the ones before it are written already.</summary>
    public Span<float> Add(int index, int length)
    {
        int start = Start(index);
        int end = checked(start + length);
        if (end > _values.Length)
            Array.Resize(ref _values, (int)Math.Min(Array.MaxLength, Math.Max(end, 2L * _values.Length)));
        _ends[index] = end;
        return _values.AsSpan(start, length);
    }

    /// <summary>
    /// Where the run that begins with sequence <paramref name="first"/> ends: a long sequence among short ones is not run with them, since
    /// all would be padded to its length, in memory and time.
    /// </summary>
    /// <param name="first">The first sequence of the run.</param>
    /// <param name="count">The sequences in the batch.</param>
    /// <param name="steps">The steps of the longest in the run, at least 1.</param>
    /// <returns>The sequence after the run's last.</returns>
    public int EndOfRun(int first, int count, out int steps)
    {
        steps = Math.Max(1, Steps(first));
        long real = steps;
        for (int i = first + 1; i < count; i++)
        {
            int longest = Math.Max(steps, Steps(i));
            long padded = (long)longest * (i + 1 - first);
            real += Steps(i);
            if (padded > FreePadding && padded > 2 * real)
                return i;
            steps = longest;
        }
        return count;
    }

    /// <summary>Copies sequences to <paramref name="destination"/> <c>[end - first, steps, features]</c>, NaN before each.</summary>
    public void CopyTo(Span<float> destination, int first, int end, int steps)
    {
        int size = steps * features;
        for (int i = first; i < end; i++)
        {
            var sequence = _values.AsSpan(Start(i), _ends[i] - Start(i));
            var slot = destination.Slice((i - first) * size, size);
            slot[..^sequence.Length].Fill(float.NaN);
            sequence.CopyTo(slot[^sequence.Length..]);
        }
    }

    private int Steps(int index) => (_ends[index] - Start(index)) / features;

    private int Start(int index) => index == 0 ? 0 : _ends[index - 1];
}
