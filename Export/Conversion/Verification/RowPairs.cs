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

    private static InvalidOperationException Unlike() => new("The sample rows come in another number or order each time they are read, so that nothing "
        + "could be verified: give rows that repeat, such as those that ml.Data.Cache makes of yours. The file was not written.");
}
