using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// Cursors without ML.NET's worker threads, which it puts between row-to-row steps and which hide the text of what goes wrong ("Splitter/
/// consolidator worker encountered exception").
/// </summary>
internal static class OneCursor
{
    /// <summary>A cursor over all rows, in order.</summary>
    public static DataViewRowCursor Open(IDataView view, IEnumerable<DataViewSchema.Column> columns)
    {
        DataViewSchema.Column[] needed = [.. columns];
        var cursors = view.GetRowCursorSet(needed, 1);
        if (cursors.Length == 1)
            return cursors[0];
        foreach (var cursor in cursors) // more than was asked for: their order is not that of the rows
            cursor.Dispose();
        return view.GetRowCursor(needed);
    }
}
