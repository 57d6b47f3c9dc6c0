namespace MlNetRnn;

/// <summary>
/// One series as windows see it: its last rows, and what is known of its missing values. Rows are appended one at a time; the window
/// that ends at the newest row, or at one of the last <c>lookAhead</c> rows before it, is written out when it is asked for.
/// </summary>
internal sealed class SeriesWindow
{
    private readonly WindowShape _shape;
    private readonly int _length;
    private readonly long _lookAhead;
    private readonly int _firstAnchor; // whatever the stride
    private readonly HistoryBuffer _rows; // [length + lookAhead, stored values]
    private readonly MissingValueFill? _missing;

    /// <param name="shape">What a window is.</param>
    /// <param name="lookAhead">How many rows behind the newest one a window may end.</param>
    public SeriesWindow(WindowShape shape, long lookAhead = 0)
    {
        (_shape, _length, _lookAhead) = (shape, shape.Length, lookAhead);
        _firstAnchor = shape.Padding == WindowPadding.Start ? 0 : shape.Length - 1;
        _missing = MissingValueFill.Create(shape);
        _rows = new HistoryBuffer(StoredWidth(shape), shape.Length + lookAhead);
    }

    /// <summary>The number of values that are kept per row.</summary>
    public static int StoredWidth(WindowShape shape) => MissingValueFill.StoredPerInput(shape.MissingValues) * shape.Inputs;

    /// <summary>The position in the series, counted from 0, of the row that was appended last; -1 before the first.</summary>
    public long Newest => _rows.Next - 1;

    /// <summary>Begins a new series.</summary>
    public void Clear()
    {
        _rows.Clear();
        _missing?.Clear();
    }

    /// <summary>Takes in the next row's inputs, [inputs].</summary>
    public void Append(ReadOnlySpan<float> inputs)
    {
        if (inputs.Length != _shape.Inputs)
            throw new ArgumentException($"The row has {inputs.Length} values, expected {_shape.Inputs}.", nameof(inputs));
        if (_missing is not null)
            _missing.Store(inputs, _rows.Append());
        else
            inputs.CopyTo(_rows.Append());
    }

    /// <summary>Takes in a reader's current row, [inputs]; where reading fails, the series is not to be used any more.</summary>
    public void Append(ColumnsReader row)
    {
        if (_missing is not null)
            _missing.Store(row.Read(), _rows.Append());
        else
            row.AppendTo(_rows);
    }

    /// <summary>Writes the window that ends at the newest row, [length, width].</summary>
    /// <param name="window">At least <see cref="WindowShape.Values"/> long.</param>
    public void Write(Span<float> window) => Write(Newest, window);

    /// <summary>Writes the window that ends at a row, [length, width]; steps before the beginning of the series are NaN.</summary>
    /// <param name="anchor">The row's position, at most the look-ahead behind the newest; without padding it has a full window.</param>
    /// <param name="window">At least <see cref="WindowShape.Values"/> long.</param>
    public void Write(long anchor, Span<float> window)
    {
        var newest = Newest;
        if (anchor > newest || anchor < newest - _lookAhead || anchor < _firstAnchor)
            throw NoWindow(anchor);
        if (_missing is null && anchor >= _length - 1)
            _rows.Rows(anchor - _length + 1, _length).CopyTo(window);
        else
            WriteParts(anchor, window);
    }

    private void WriteParts(long anchor, Span<float> window)
    {
        var steps = (int)Math.Min(_length, anchor + 1);
        var padded = (_length - steps) * _shape.Width;
        window[..padded].Fill(float.NaN);
        var rows = _rows.Rows(anchor - steps + 1, steps);
        if (_missing is null)
            rows.CopyTo(window[padded..]);
        else
            _missing.Write(rows, window.Slice(padded, steps * _shape.Width));
    }

    /// <summary>Writes the state, so that a later process continues with the next row.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(_shape.Length);
        writer.Write(_shape.Inputs);
        writer.Write((int)_shape.MissingValues);
        writer.Write(_lookAhead);
        _rows.Save(writer);
        _missing?.Save(writer);
    }

    /// <summary>Reads the state that <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of windows of another shape.</exception>
    /// <exception cref="EndOfStreamException">It ends early.</exception>
    public void Restore(BinaryReader reader)
    {
        var saved = (Length: reader.ReadInt32(), Inputs: reader.ReadInt32(), Missing: (MissingValuePolicy)reader.ReadInt32(),
            LookAhead: reader.ReadInt64());
        var own = (_shape.Length, _shape.Inputs, _shape.MissingValues, _lookAhead);
        if (saved != own)
            throw new InvalidDataException($"The saved series has windows of {saved.Length} rows of {saved.Inputs} values, missing values "
                + $"{saved.Missing}, look-ahead {saved.LookAhead}; expected {own.Length} rows of {own.Inputs} values, {own.MissingValues}, "
                + $"{own._lookAhead}. Restore it into the model it was saved from.");
        _rows.Restore(reader);
        _missing?.Restore(reader);
    }

    private InvalidOperationException NoWindow(long anchor) => new($"No window ends at row {anchor} of the series: the newest row is "
        + $"{Newest}, the first that can end a window now is {Math.Max(Newest - _lookAhead, _firstAnchor)}.");
}
