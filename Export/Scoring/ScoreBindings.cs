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
        Covariates = [.. (manifest.Forecast?.Covariates ?? []).Select(c => CovariateColumn.Find(c, inputSchema, manifest))];
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema); // passed-through columns keep their indices
        Columns = ScoreColumn.Of(manifest);
        foreach (var column in Columns)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        OutputSchema = builder.ToSchema();
    }

    public SequenceModelManifest Manifest { get; }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public DataViewSchema.Column FeatureColumn { get; }

    /// <summary>The columns beside the window, in the order in which the model reads them.</summary>
    public DataViewSchema.Column[] Covariates { get; }

    /// <summary>The columns that sequences are made of.</summary>
    public IEnumerable<DataViewSchema.Column> SequenceColumns => Covariates.Prepend(FeatureColumn).DistinctBy(c => c.Index);

    /// <summary>The columns that scoring adds.</summary>
    public ScoreColumn[] Columns { get; }

    /// <summary>What scoring adds as a column of the output schema; null for a column passed through.</summary>
    public ScoreColumn? Score(DataViewSchema.Column column) => IsScore(column) ? Columns[column.Index - InputSchema.Count] : null;

    /// <summary>Whether a column of the output schema is one that scoring adds.</summary>
    public bool IsScore(DataViewSchema.Column column) => column.Index >= InputSchema.Count;

    public IEnumerable<DataViewSchema.Column> PassedThrough(IEnumerable<DataViewSchema.Column> outputColumns) =>
        outputColumns.Where(c => !IsScore(c)).Select(c => InputSchema[c.Index]);

    /// <summary>Input columns that are needed for the output columns given.</summary>
    public IEnumerable<DataViewSchema.Column> Dependencies(IEnumerable<DataViewSchema.Column> outputColumns)
    {
        var columns = outputColumns.ToArray();
        var needed = PassedThrough(columns);
        return columns.Any(IsScore) ? needed.Concat(SequenceColumns).DistinctBy(c => c.Index) : needed;
    }

    public void CheckLength(int received, long row)
    {
        if (!SequenceShape.Accepts(Manifest, received))
            throw new InvalidOperationException($"Row {row + 1}: column '{FeatureColumn.Name}' has {received} values; "
                + $"the model takes {SequenceShape.Describe(Manifest)}. {ModelSignature.Describe(Manifest)}");
    }

    /// <summary>Makes the getter of the sequences; tokens are read as their keys' numbers.</summary>
    public ValueGetter<VBuffer<float>> SequenceGetter(DataViewRow row) =>
        Manifest.Tokens > 0 ? KeyGetters.Vector(row, FeatureColumn)
        : Covariates.Length > 0 ? CovariateColumn.PackedGetter(row, [FeatureColumn, .. Covariates])
        : row.GetGetter<VBuffer<float>>(FeatureColumn);

    private static DataViewSchema.Column FindFeatureColumn(SequenceModelManifest manifest, DataViewSchema schema)
    {
        if (manifest.Forecast?.Window is { } window) // covariates stand behind it in the graph's input
            manifest = manifest with { Steps = window.Steps, Features = window.Features };
        string steps = manifest.Steps == 0 ? "*" : $"{manifest.Steps}";
        string expected = manifest.Tokens > 0
            ? $"a Vector<Key<UInt32, 0-{manifest.Tokens - 1}>, {steps}> (tokens)"
            : $"a Vector<Single, {steps}, {manifest.Features}> (steps, features)";
        if (schema.GetColumnOrNull(manifest.FeatureColumnName) is not { } column)
        {
            throw new ArgumentException(
                $"The model needs the column '{manifest.FeatureColumnName}', {expected}; "
                    + $"the data has {string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"))}. "
                    + $"Run the windowing step first, or rename the column. {ModelSignature.Describe(manifest)}",
                nameof(schema));
        }
        if (KeyGetters.TypeOf(column) is { } key && manifest.Tokens > 0 && key.Count != (ulong)manifest.Tokens)
        {
            throw new ArgumentException(
                $"Column '{column.Name}' is {column.Type}, with {key.Count} tokens; the model was trained on another vocabulary, of "
                    + $"{manifest.Tokens}. Map the tokens by the step that mapped those of the training data. {ModelSignature.Describe(manifest)}",
                nameof(schema));
        }
        if (column.Type is not VectorDataViewType vector || !IsOfSteps(vector, manifest)
            || (vector.Size != 0 && !SequenceShape.Accepts(manifest, vector.Size)))
        {
            throw new ArgumentException(
                $"Column '{column.Name}' is {column.Type}; the model takes {expected}. {ModelSignature.Describe(manifest)}", nameof(schema));
        }
        return column;
    }

    private static bool IsOfSteps(VectorDataViewType vector, SequenceModelManifest manifest) =>
        manifest.Tokens > 0 ? vector.ItemType is KeyDataViewType : vector.ItemType == NumberDataViewType.Single && HasFeatures(vector, manifest);

    // A flat vector may have lost its shape; one that has a shape says what a step is.
    private static bool HasFeatures(VectorDataViewType vector, SequenceModelManifest manifest) =>
        vector.Dimensions.Length < 2 || vector.Dimensions[^1] == manifest.Features;
}
