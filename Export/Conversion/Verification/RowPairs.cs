using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Moves two cursors over the same rows together, and sees to it that they are on the same row.</summary>
internal sealed class RowPairs(DataViewRowCursor scored, DataViewRowCursor raw)
{
    private readonly ValueGetter<DataViewRowId> _scoredId = scored.GetIdGetter();
    private readonly ValueGetter<DataViewRowId> _rawId = raw.GetIdGetter();

    /// <summary>False at the end of both.</summary>
    public bool MoveNext()
    {
        bool moved = scored.MoveNext();
        if (raw.MoveNext() != moved)
            throw Unlike();
        if (!moved)
            return false;
        DataViewRowId scoredId = default, rawId = default;
        _scoredId(ref scoredId);
        _rawId(ref rawId);
        return scoredId.Equals(rawId) ? true : throw Unlike();
    }

    private static InvalidOperationException Unlike() => new("The pipeline drops sample rows, or changes their order, in a step that "
        + "says it is row to row, so that its results cannot be compared with the file's. Correct IRowToRowMapper of that step. The file was not written.");
}
