using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Where a model's columns lie in an input schema and in the schema after scoring.</summary>
internal sealed class ScoreBindings
{
    public ScoreBindings(SequenceModelManifest manifest, DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        Manifest = manifest;
        InputSchema = inputSchema;
        FeatureColumn = FindFeatureColumn(manifest, inputSchema);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema); // passed-through columns keep their indices
        foreach (var output in manifest.Outputs)
            builder.AddColumn(output.Name, TypeOf(output));
        OutputSchema = builder.ToSchema();
    }

    public SequenceModelManifest Manifest { get; }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public DataViewSchema.Column FeatureColumn { get; }

    /// <summary>Index of the output that a column of the output schema is, or -1 for a column passed through.</summary>
    public int OutputIndex(DataViewSchema.Column column) => column.Index < InputSchema.Count ? -1 : column.Index - InputSchema.Count;

    public IEnumerable<DataViewSchema.Column> PassedThrough(IEnumerable<DataViewSchema.Column> outputColumns) =>
        outputColumns.Where(c => OutputIndex(c) < 0).Select(c => InputSchema[c.Index]);

    /// <summary>Input columns that are needed for the output columns given.</summary>
    public IEnumerable<DataViewSchema.Column> Dependencies(IEnumerable<DataViewSchema.Column> outputColumns)
    {
        var columns = outputColumns.ToArray();
        var needed = PassedThrough(columns);
        return columns.Any(c => OutputIndex(c) >= 0) ? needed.Append(FeatureColumn).DistinctBy(c => c.Index) : needed;
    }

    public void CheckLength(int received, long row)
    {
        if (!SequenceShape.Accepts(Manifest, received))
            throw new InvalidOperationException($"Row {row + 1}: column '{FeatureColumn.Name}' has {received} values; "
                + $"the model takes {SequenceShape.Describe(Manifest)}. {ModelSignature.Describe(Manifest)}");
    }

    private static DataViewType TypeOf(SequenceModelOutput output) =>
        output.IsVector ? new VectorDataViewType(NumberDataViewType.Single, output.Dimensions) : NumberDataViewType.Single;

    private static DataViewSchema.Column FindFeatureColumn(SequenceModelManifest manifest, DataViewSchema schema)
    {
        string steps = manifest.Steps == 0 ? "*" : $"{manifest.Steps}";
        string expected = $"a Vector<Single, {steps}, {manifest.Features}> (steps, features)";
        if (schema.GetColumnOrNull(manifest.FeatureColumnName) is not { } column)
        {
            throw new ArgumentException(
                $"The model needs the column '{manifest.FeatureColumnName}', {expected}; "
                    + $"the data has {string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"))}. "
                    + $"Run the windowing step first, or rename the column. {ModelSignature.Describe(manifest)}",
                nameof(schema));
        }
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType item } vector || item != NumberDataViewType.Single
            || (vector.Size != 0 && !SequenceShape.Accepts(manifest, vector.Size)))
        {
            throw new ArgumentException(
                $"Column '{column.Name}' is {column.Type}; the model takes {expected}. {ModelSignature.Describe(manifest)}", nameof(schema));
        }
        return column;
    }
}
