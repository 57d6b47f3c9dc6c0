using System.Runtime.CompilerServices;

namespace MlNetRnn;

/// <summary>
/// The last rows of a series, [keep, width], always contiguous so that a window is one copy: rows are appended to a buffer of
/// twice the size, and the last ones are moved to its front when it is full (one move per <c>keep</c> rows).
/// </summary>
/// <param name="width">Values per row.</param>
/// <param name="keep">The number of rows that must stay readable; <c>keep * width</c> is at most <see cref="Array.MaxLength"/>.</param>
/// <param name="fewestRows">Of the full buffer: where few rows are kept of many, they would be moved often.</param>
internal sealed class HistoryBuffer(int width, long keep, int fewestRows = 32)
{
    private readonly int _mostRows = (int)Math.Min(Math.Max(2 * keep, fewestRows), Array.MaxLength / width);
    private float[] _values = new float[FirstCapacity(width, keep) * width];
    private int _end; // of the newest row in the buffer

    /// <summary>The series position of the next row: the number of rows since the beginning of the series.</summary>
    public long Next { get; private set; }

    /// <summary>Forgets everything: the next row is position 0 of a new series.</summary>
    public void Clear() => (Next, _end) = (0, 0);

    /// <summary>A place for the next row's values, [width]; the last <c>keep</c> rows stay readable.</summary>
    public Span<float> Append()
    {
        if (_end == _values.Length)
            MakeRoom();
        var start = _end;
        _end = start + width;
        Next++;
        return _values.AsSpan(start, width);
    }

    /// <summary>The last values, of whole rows, as many as were appended and are kept.</summary>
    public ReadOnlySpan<float> Last(int values) => _values.AsSpan(_end - values, values);

    /// <summary>The values of consecutive rows by series position, [count, width].</summary>
    public ReadOnlySpan<float> Rows(long position, int count) => _values.AsSpan(_end - ((int)(Next - position) * width), count * width);

    /// <summary>Writes the position and the rows that must stay readable.</summary>
    public void Save(BinaryWriter writer)
    {
        var kept = (int)Math.Min(Next, keep);
        writer.Write(Next);
        writer.Write(kept);
        foreach (var value in Last(kept * width))
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
        Next = next;
    }

    private static int FirstCapacity(int width, long keep)
        => (int)Math.Min(Math.Clamp(2 * keep, 32, 64), Array.MaxLength / width);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeRoom()
    {
        var kept = (int)Math.Min(_end / width, keep - 1) * width;
        var target = _values;
        // Grown only as rows arrive: a window longer than the data never gets its full buffer.
        if (_values.Length < _mostRows * width)
            target = new float[(int)Math.Min(2L * (_values.Length / width), _mostRows) * width];
        _values.AsSpan(_end - kept, kept).CopyTo(target);
        (_values, _end) = (target, kept);
    }
}
