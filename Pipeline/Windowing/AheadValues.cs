namespace MlNetRnn;

/// <summary>What follows the rows of one series: the values of some columns at the next rows, such as a label's.</summary>
/// <param name="width">Values per row.</param>
/// <param name="horizon">How many rows ahead.</param>
internal sealed class AheadValues(int width, int horizon)
{
    private readonly HistoryBuffer _rows = new(width, horizon + 1L);

    /// <summary>Begins a new series.</summary>
    public void Clear() => _rows.Clear();

    /// <summary>Takes in a reader's current row, [width].</summary>
    public void Append(ColumnsReader row) => row.AppendTo(_rows);

    /// <summary>Writes the values at anchor+1 … anchor+horizon, [horizon, width]; NaN past the newest row.</summary>
    public void Write(long anchor, Span<float> values)
    {
        var known = (int)Math.Min(_rows.Next - 1 - anchor, horizon);
        _rows.Rows(anchor + 1, known).CopyTo(values);
        values[(known * width)..].Fill(float.NaN);
    }
}
