namespace MlNetRnn;

/// <summary>Collects a batch of sequences of any lengths, one after the other, until the longest is known.</summary>
internal sealed class RaggedBatch(int capacity, int features)
{
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

    /// <summary>The steps of the longest of the first sequences, at least 1.</summary>
    public int LongestSteps(int count)
    {
        int longest = 1;
        for (int i = 0; i < count; i++)
            longest = Math.Max(longest, (_ends[i] - Start(i)) / features);
        return longest;
    }

    /// <summary>Copies the first sequences to <paramref name="destination"/> <c>[count, steps, features]</c>, NaN before each.</summary>
    public void CopyTo(Span<float> destination, int count, int steps)
    {
        int size = steps * features;
        for (int i = 0; i < count; i++)
        {
            var sequence = _values.AsSpan(Start(i), _ends[i] - Start(i));
            var slot = destination.Slice(i * size, size);
            slot[..^sequence.Length].Fill(float.NaN);
            sequence.CopyTo(slot[^sequence.Length..]);
        }
    }

    private int Start(int index) => index == 0 ? 0 : _ends[index - 1];
}
