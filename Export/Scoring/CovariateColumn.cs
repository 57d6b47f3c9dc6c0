using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Columns beside the window of a forecasting model, as its rows are scored.</summary>
internal static class CovariateColumn
{
    /// <exception cref="ArgumentException">The column is missing or of another type than the model was trained with.</exception>
    public static DataViewSchema.Column Find(CovariateSummary covariate, DataViewSchema schema, SequenceModelManifest manifest)
    {
        string expected = covariate.Kind == CovariateKind.StaticKey ? $"a key of {covariate.Keys} values" : $"{covariate.Size} values of Single";
        if (schema.GetColumnOrNull(covariate.ColumnName) is not { } column)
        {
            throw new ArgumentException(
                $"The model needs the column '{covariate.ColumnName}' beside the window, {expected}; the data has "
                    + $"{string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"))}. {ModelSignature.Describe(manifest)}",
                nameof(schema));
        }
        bool fits = covariate.Kind == CovariateKind.StaticKey
            ? column.Type is KeyDataViewType key && key.Count == (ulong)covariate.Keys
            : (column.Type is VectorDataViewType vector ? vector.ItemType : column.Type) == NumberDataViewType.Single
                && SingleColumn.Size(column) == covariate.Size;
        return fits
            ? column
            : throw new ArgumentException(
                $"Column '{column.Name}' is {column.Type}; the model takes {expected} beside the window. Make it by the step that made that of the "
                    + $"training data. {ModelSignature.Describe(manifest)}", nameof(schema));
    }

    /// <summary>Makes the getter of the values of columns side by side, flat, keys as their numbers.</summary>
    public static ValueGetter<VBuffer<float>> PackedGetter(DataViewRow row, DataViewSchema.Column[] columns)
    {
        SingleColumn[] readers = [.. columns.Select(column => new SingleColumn(row, column))];
        int size = columns.Sum(SingleColumn.Size);
        return (ref VBuffer<float> value) =>
        {
            var editor = VBufferEditor.Create(ref value, size);
            int at = 0;
            foreach (var reader in readers)
            {
                var values = reader.Read();
                values.CopyTo(editor.Values[at..]);
                at += values.Length;
            }
            value = editor.Commit();
        };
    }
}
