using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// The usual windowing by itself, which enumerates a source in little more time than it takes to read it: one series of Single columns,
/// each window its last rows, filled forward at most, and nothing of other rows asked for.
/// </summary>
/// <param name="input">The source's cursor.</param>
/// <param name="getters">The values of a row.</param>
/// <param name="shape">What a window is.</param>
internal sealed class PlainWindows(DataViewRowCursor input, ValueGetter<float>[] getters, WindowShape shape)
{
    private const int BufferedValues = 2048; // 8 kB: rows are moved seldom, and stay in the processor's nearest cache

    private readonly HistoryBuffer _rows = new(shape.Inputs, shape.Length, BufferedValues / shape.Inputs);
    private readonly MissingValueFill? _fill = MissingValueFill.Create(shape); // forward or none: a value from itself and those before
    private readonly int _stride = shape.Stride;
    private int _toAnchor = shape.FirstAnchor + 1; // rows

    /// <summary>Moves to the next row that ends a window; false after the last.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // in the caller's try block, what the loops keep in registers would go to memory
    public bool MoveNext()
    {
        do
        {
            if (!input.MoveNext())
                return false;
            var row = _rows.Append();
            ColumnsReader.ReadSingles(getters, row);
            _fill?.Store(row, row);
        }
        while (--_toAnchor > 0);
        _toAnchor = _stride;
        return true;
    }

    /// <summary>The window that ends at the row, [length, width].</summary>
    /// <param name="values">Its number of values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<float> Last(int values) => _rows.Last(values);
}
