using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// A row in which every number of Single and Double is missing (NaN) and everything else has its default: what a step makes of it
/// tells what it puts in place of missing values. Vectors of variable size have one value.
/// </summary>
internal sealed class MissingRow(DataViewSchema schema) : DataViewRow
{
    public override DataViewSchema Schema => schema;

    public override long Position => 0;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => true;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = default;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        int size = Math.Max(1, OnnxTypes.Size(column.Type));
        return LinkedCursor.CheckedGetter<TValue>(OnnxTypes.Item(column.Type).RawType switch
        {
            var type when type == typeof(float) => Getter(column, size, float.NaN),
            var type when type == typeof(double) => Getter(column, size, double.NaN),
            _ => (ValueGetter<TValue>)((ref TValue value) => value = default!),
        }, column);
    }

    private static Delegate Getter<T>(DataViewSchema.Column column, int size, T value) => column.Type is VectorDataViewType
        ? (ValueGetter<VBuffer<T>>)((ref VBuffer<T> values) => values = new(size, [.. Enumerable.Repeat(value, size)]))
        : (ValueGetter<T>)((ref T single) => single = value);
}
