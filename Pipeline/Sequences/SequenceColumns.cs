using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The columns that sequences are read from.</summary>
/// <param name="Feature">The sequences.</param>
/// <param name="Label">The labels, or null.</param>
/// <param name="Lane">The column that tells series apart where windows of several series take turns, else null.</param>
/// <param name="Group">The column whose groups are numbered, or null.</param>
/// <param name="Weight">How much each example counts, or null.</param>
/// <param name="Stride">Rows that each window adds to the one before in its series, 0 where it is not known.</param>
internal sealed record SequenceColumns(
    DataViewSchema.Column Feature, DataViewSchema.Column? Label, DataViewSchema.Column? Lane, DataViewSchema.Column? Group,
    DataViewSchema.Column? Weight, int Stride)
{
    /// <summary>Columns that stand beside the sequence, read behind the label.</summary>
    public DataViewSchema.Column[] Context { get; init; } = [];

    /// <summary>For each of them whether it has values for each step of the horizon.</summary>
    public bool[] ContextPerStep { get; init; } = [];

    /// <summary>Values of them.</summary>
    public int ContextSize => Context.Sum(SingleColumn.Size);

    /// <summary>Whether the sequences are read; else only what stands beside them.</summary>
    public bool ReadsSequences { get; init; } = true;

    /// <summary>Whether sequences are of tokens: keys, which are read as their numbers.</summary>
    public bool AreTokens => KeyGetters.TypeOf(Feature) is not null;

    /// <summary>Whether labels are classes by their keys.</summary>
    public bool AreLabelsKeys => Label is { } label && KeyGetters.TypeOf(label) is not null;

    /// <summary>The columns to read.</summary>
    public DataViewSchema.Column[] All =>
        [.. new[] { ReadsSequences ? Feature : null, Label, Weight, Lane, Group }.OfType<DataViewSchema.Column>().Concat(Context).DistinctBy(c => c.Index)];

    /// <summary>What tells which steps the sequences of a lane share.</summary>
    public SharedSteps SharedSteps(int features) => AreTokens ? MlNetRnn.SharedSteps.None : new(features, Stride, WindowAnnotations.IsPadded(Feature));

    /// <exception cref="ArgumentException">A column is missing, or its type or size does not fit.</exception>
    public static SequenceColumns Find(DataViewSchema schema, string featureName, int features, string? labelName, int labelSize,
        string? groupName, string? weightName = null, SequenceContext? context = null)
    {
        var feature = FindFeature(schema, featureName, features);
        DataViewSchema.Column? label = labelName is null ? null : FindLabel(schema, labelName, labelSize - (context?.Size ?? 0));
        DataViewSchema.Column? weight = weightName is null ? null : FindWeight(schema, weightName);
        return new(feature, label, FindLane(schema, feature), SplitPlan.GroupColumn(schema, groupName), weight,
            WindowAnnotations.FindInt(schema, WindowAnnotations.Stride) ?? 0)
        {
            Context = context is null ? [] : [.. context.ColumnNames.Select(name => schema[name])],
            ContextPerStep = context?.PerStep ?? [],
        };
    }

    private static DataViewSchema.Column FindFeature(DataViewSchema schema, string name, int features)
    {
        if (schema.GetColumnOrNull(name) is { Type: VectorDataViewType { ItemType: KeyDataViewType } } tokens)
            return tokens;
        var column = SingleColumn.Find(schema, name, "Feature");
        if (column.Type is not VectorDataViewType vector)
            throw new ArgumentException($"Feature column '{name}' is {column.Type}, expected a vector of Single: window the series with "
                + "ml.Transforms.SlidingWindow, or use Concatenate.");
        return vector.Size % features == 0
            ? column
            : throw new ArgumentException($"Feature column '{name}' is {column.Type} with {vector.Size} values, expected a multiple of the "
                + $"{features} values per step: correct the number of features per step.");
    }

    private static DataViewSchema.Column FindLabel(DataViewSchema schema, string name, int labelSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labelSize, 1);
        if (schema.GetColumnOrNull(name) is { Type: KeyDataViewType or BooleanDataViewType } classes)
            return classes;
        var column = SingleColumn.Find(schema, name, "Label");
        var size = SingleColumn.Size(column);
        return size == 0 || size == labelSize
            ? column
            : throw new ArgumentException($"Label column '{name}' is {column.Type} with {size} value(s), expected {labelSize}.");
    }

    private static DataViewSchema.Column FindWeight(DataViewSchema schema, string name)
    {
        var column = SingleColumn.Find(schema, name, "Weight");
        return column.Type is VectorDataViewType
            ? throw new ArgumentException($"Weight column '{name}' is {column.Type}, expected a Single, the weight of a row.")
            : column;
    }

    // Without the column (it may have been dropped) windows that take turns share no rows in memory, and nothing else changes.
    private static DataViewSchema.Column? FindLane(DataViewSchema schema, DataViewSchema.Column feature)
        => WindowAnnotations.GetText(feature, WindowAnnotations.InterleavedBy) is { } name
            && schema.GetColumnOrNull(name) is { Type: PrimitiveDataViewType } column
            ? column
            : null;
}
