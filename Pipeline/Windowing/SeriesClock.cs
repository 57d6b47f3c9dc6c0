namespace MlNetRnn;

/// <summary>The time of one series: when its last row was, and the smallest step between two rows so far.</summary>
internal sealed class SeriesClock
{
    /// <summary>The time of the last row, or null before the first.</summary>
    public TimeValue? Last { get; private set; }

    /// <summary>The smallest step so far, in ticks or the unit of the column; infinite before the second row.</summary>
    public double SmallestStep { get; private set; } = double.PositiveInfinity;

    /// <summary>Begins a new series.</summary>
    public void Clear() => (Last, SmallestStep) = (null, double.PositiveInfinity);

    /// <summary>Takes in the next row's time, which is later than the last.</summary>
    public void Accept(TimeValue time)
    {
        if (Last is { } last)
            SmallestStep = Math.Min(SmallestStep, time - last);
        Last = time;
    }

    /// <summary>Writes the state.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(Last.HasValue);
        (Last ?? default).Save(writer);
        writer.Write(SmallestStep);
    }

    /// <summary>Reads the state that <see cref="Save"/> wrote.</summary>
    public void Restore(BinaryReader reader)
    {
        var started = reader.ReadBoolean();
        var last = TimeValue.Restore(reader);
        (Last, SmallestStep) = (started ? last : null, reader.ReadDouble());
    }
}
