namespace MlNetRnn;

/// <summary>
/// The last rows of a series, [keep, width], always contiguous so that a window is one copy: rows are appended to a buffer of
/// twice the size, and the last ones are moved to its front when it is full (one move per <c>keep</c> rows).
/// </summary>
/// <param name="width">Values per row.</param>
/// <param name="keep">The number of rows that must stay readable; <c>keep * width</c> is at most <see cref="Array.MaxLength"/>.</param>
internal sealed class HistoryBuffer(int width, long keep)
{
    private readonly int _mostRows = (int)Math.Min(2 * keep, Array.MaxLength / width);
    private float[] _values = new float[FirstCapacity(width, keep) * width];
    private long _first; // series position of the buffer's first row
    private int _count;  // rows in the buffer
    private int _capacity = FirstCapacity(width, keep);

    /// <summary>The series position of the next row: the number of rows since the beginning of the series.</summary>
    public long Next => _first + _count;

    /// <summary>Forgets everything: the next row is position 0 of a new series.</summary>
    public void Clear() => (_first, _count) = (0, 0);

    /// <summary>A place for the next row's values, [width]; the last <c>keep</c> rows stay readable.</summary>
    public Span<float> Append()
    {
        if (_count == _capacity)
            MakeRoom();
        return _values.AsSpan(_count++ * width, width);
    }

    /// <summary>The values of consecutive rows by series position, [count, width].</summary>
    public ReadOnlySpan<float> Rows(long position, int count) => _values.AsSpan((int)(position - _first) * width, count * width);

    /// <summary>Writes the position and the rows that must stay readable.</summary>
    public void Save(BinaryWriter writer)
    {
        var kept = (int)Math.Min(_count, keep);
        writer.Write(Next);
        writer.Write(kept);
        foreach (var value in Rows(Next - kept, kept))
            writer.Write(value);
    }

    /// <summary>Reads what <see cref="Save"/> wrote for a buffer of the same width and size.</summary>
    /// <exception cref="InvalidDataException">The numbers cannot be right.</exception>
    public void Restore(BinaryReader reader)
    {
        var (next, kept) = (reader.ReadInt64(), reader.ReadInt32());
        if (next < 0 || kept != Math.Min(next, keep))
            throw new InvalidDataException($"The saved series is damaged: {kept} rows are kept of {next}, expected "
                + $"{Math.Min(Math.Max(next, 0), keep)}. Save it again.");
        Clear();
        for (var row = 0; row < kept; row++)
            foreach (ref var value in Append())
                value = reader.ReadSingle();
        _first = next - _count;
    }

    private static int FirstCapacity(int width, long keep) => (int)Math.Min(Math.Min(2 * keep, 64), Array.MaxLength / width);

    private void MakeRoom()
    {
        var kept = (int)Math.Min(_count, keep - 1);
        var target = _values;
        // Grown only as rows arrive: a window longer than the data never gets its full buffer.
        if (_capacity < _mostRows)
        {
            _capacity = (int)Math.Min(2L * _capacity, _mostRows);
            target = new float[_capacity * width];
        }
        _values.AsSpan((_count - kept) * width, kept * width).CopyTo(target);
        (_values, _first, _count) = (target, _first + _count - kept, kept);
    }
}
