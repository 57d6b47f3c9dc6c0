namespace MlNetRnn;

/// <summary>A list of Single values in one array, growing by doubling up to a limit, or what an array can hold.</summary>
internal sealed class FloatList(int limit)
{
    private readonly int _limit = Math.Min(limit, Array.MaxLength);
    private float[] _values = [];

    public int Count { get; private set; }

    public ReadOnlySpan<float> Values => _values.AsSpan(0, Count);

    /// <exception cref="InvalidOperationException">The list would hold more than its limit.</exception>
    public void Add(ReadOnlySpan<float> values)
    {
        Reserve((long)Count + values.Length);
        values.CopyTo(_values.AsSpan(Count));
        Count += values.Length;
    }

    /// <summary>Makes room for a number of values in all.</summary>
    /// <exception cref="InvalidOperationException">It is more than the limit.</exception>
    public void Reserve(long count)
    {
        if (count > _limit)
            throw new InvalidOperationException($"The sequences hold more than {_limit} different values, which is what fits into one "
                + "array. Use fewer rows or columns, or a larger stride.");
        if (count > _values.Length)
            Array.Resize(ref _values, (int)Math.Min(_limit, Math.Max(count, Math.Max(256, 2L * _values.Length))));
    }
}
