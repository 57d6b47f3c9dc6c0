using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>A sequence of a view, <c>[steps, features]</c>, and its label, null where the view has none of the model's outputs.</summary>
internal sealed record LabelledSequence(ReadOnlyMemory<float> Values, float[]? Label)
{
    public static IEnumerable<LabelledSequence> Read(IDataView data, SequenceModelManifest manifest)
    {
        var bindings = new ScoreBindings(manifest, data.Schema);
        var label = LabelColumn(data.Schema, manifest);
        using var cursor = data.GetRowCursor(bindings.SequenceColumns.Concat(label is { } known ? [known] : []).DistinctBy(c => c.Index));
        var get = bindings.SequenceGetter(cursor);
        VBuffer<float> values = default;
        var labels = label is { } column ? new SingleColumn(cursor, column) : null;
        while (cursor.MoveNext())
        {
            get(ref values);
            float[] sequence = [.. values.DenseValues()];
            bindings.CheckLength(sequence.Length, cursor.Position);
            yield return new(sequence, labels?.Read().ToArray());
        }
    }

    private static DataViewSchema.Column? LabelColumn(DataViewSchema schema, SequenceModelManifest manifest)
    {
        if (schema.GetColumnOrNull(manifest.LabelColumnName) is not { } column)
            return null;
        var item = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
        return item == NumberDataViewType.Single && SingleColumn.Size(column) == manifest.Outputs[0].Length ? column : null;
    }
}
