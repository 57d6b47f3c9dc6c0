using Microsoft.ML;

namespace MlNetRnn;

/// <summary>The input's rows with the model's output columns, scored while they are read.</summary>
internal sealed class ScoreDataView(IDataView input, ScoreBindings bindings, SessionCache sessions) : IDataView
{
    public DataViewSchema Schema => bindings.OutputSchema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        bool[] active = LinkedCursor.ActiveColumns(Schema, columns);
        var cursor = input.GetRowCursor(bindings.Dependencies(columns), rand);
        return columns.Any(bindings.IsScore)
            ? new BatchScoringCursor(cursor, bindings, sessions, active)
            : new UnscoredCursor(cursor, bindings.OutputSchema, active);
    }

    // One cursor: batches keep the cores busy, and the input is read once.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
