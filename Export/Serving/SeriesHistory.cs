namespace MlNetRnn;

/// <summary>One series of an engine: the rows that its next window is made of, and its clock.</summary>
internal sealed class SeriesHistory(WindowBinding binding)
{
    private readonly SeriesWindow _window = new(binding.Shape);
    private readonly int _firstFull = binding.Shape.Padding == WindowPadding.Start ? 0 : binding.Shape.Length - 1;

    /// <summary>When the last row was; null where the windowing knows no time.</summary>
    public SeriesClock? Clock { get; } = binding.Time is null ? null : new();

    /// <summary>Whether there are rows enough for a window.</summary>
    public bool IsFull => _window.Newest >= _firstFull;

    /// <summary>Begins a new series, as after a gap; the clock goes on.</summary>
    public void Restart() => _window.Clear();

    /// <summary>Adds the newest row's inputs.</summary>
    public void Append(ReadOnlySpan<float> inputs) => _window.Append(inputs);

    /// <summary>Writes the window that ends with the newest row, <c>[windowLength, width]</c>.</summary>
    public void CopyWindow(Span<float> window) => _window.Write(window);

    /// <summary>Writes that window's mask, <c>[windowLength]</c>.</summary>
    public void CopyMask(Span<float> mask) => binding.Shape.WriteMask(_window.Newest, mask);

    public void Save(BinaryWriter writer)
    {
        Clock?.Save(writer);
        _window.Save(writer);
    }

    /// <summary>Takes in what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The data is not that of a history of this shape.</exception>
    public void Restore(BinaryReader reader)
    {
        Clock?.Restore(reader);
        _window.Restore(reader);
    }
}
