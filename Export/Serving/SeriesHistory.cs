namespace MlNetRnn;

/// <summary>The last steps of one series: what its next window is made of. Saved and restored as raw values.</summary>
/// <param name="windowLength">Steps in a window.</param>
/// <param name="stepSize">Values in a step.</param>
internal sealed class SeriesHistory(int windowLength, int stepSize)
{
    private readonly HistoryBuffer _steps = new(stepSize, windowLength);
    private long _count;

    /// <summary>Whether there are steps enough for a window.</summary>
    public bool IsFull => _count >= windowLength;

    /// <summary>Adds the newest step, <c>[stepSize]</c>.</summary>
    public void Append(ReadOnlySpan<float> step)
    {
        step.CopyTo(_steps.Append());
        _count++;
    }

    /// <summary>Writes the window that ends with the newest step, <c>[windowLength, stepSize]</c>.</summary>
    public void CopyWindow(Span<float> window) => _steps.Rows(_count - windowLength, windowLength).CopyTo(window);

    // int32 steps, then their values, oldest first
    public void Save(BinaryWriter writer)
    {
        int kept = (int)Math.Min(_count, windowLength);
        writer.Write(kept);
        foreach (float value in _steps.Rows(_count - kept, kept))
            writer.Write(value);
    }

    /// <summary>Takes in what <see cref="Save"/> wrote, into a history with no step yet.</summary>
    /// <exception cref="InvalidDataException">The data is not that of a history of this size.</exception>
    public void Restore(BinaryReader reader)
    {
        int kept = reader.ReadInt32();
        if (kept < 0 || kept > windowLength)
            throw new InvalidDataException($"a history of {kept} steps, expected at most {windowLength}");
        for (int step = 0; step < kept; step++)
        {
            foreach (ref float value in _steps.Append())
                value = reader.ReadSingle();
            _count++;
        }
    }
}
