namespace MlNetRnn;

/// <summary>How windows are cut from a series and what a step of them holds; shared by all series of a cursor.</summary>
/// <param name="Length">Steps per window.</param>
/// <param name="Inputs">Values per row that are read.</param>
/// <param name="Stride">Rows from one window to the next.</param>
/// <param name="Padding">Whether rows without a full window have windows too.</param>
/// <param name="MissingValues">What becomes of missing values.</param>
internal sealed record WindowShape(int Length, int Inputs, int Stride, WindowPadding Padding, MissingValuePolicy MissingValues)
{
    /// <summary>Whether every input value is followed by an indicator of whether it was observed.</summary>
    public bool HasIndicators => MissingValues == MissingValuePolicy.Mask;

    /// <summary>Values per step of a window: the inputs, then their indicators if there are any.</summary>
    public int Width => HasIndicators ? 2 * Inputs : Inputs;

    /// <summary>Values in a window, [<see cref="Length"/>, <see cref="Width"/>].</summary>
    public int Values => Length * Width;

    /// <summary>The position in its series, counted from 0, of the first row that ends a window.</summary>
    public int FirstAnchor => Padding == WindowPadding.Start ? (Length - 1) % Stride : Length - 1;

    /// <summary>Whether the row at a position of its series, counted from 0, ends a window.</summary>
    public bool IsAnchor(long position) => position >= FirstAnchor && (position - FirstAnchor) % Stride == 0;

    /// <summary>Writes the mask of the window that ends at a row of its series, [length]: 1 for a row, 0 before the first.</summary>
    public void WriteMask(long anchor, Span<float> mask)
    {
        var padded = (int)Math.Max(0, Length - anchor - 1);
        mask[..padded].Clear();
        mask[padded..Length].Fill(1);
    }
}
