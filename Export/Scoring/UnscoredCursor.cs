using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Hands on the input's rows where no output column is asked for: the model is not run.</summary>
internal sealed class UnscoredCursor(DataViewRowCursor input, DataViewSchema schema, bool[] active) : LinkedCursor(input, schema, active)
{
    public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        CheckActive(column);
        return Input.GetGetter<TValue>(Input.Schema[column.Index]);
    }

    protected override bool MoveNextCore() => Input.MoveNext();
}
