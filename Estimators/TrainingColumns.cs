using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The columns that training reads, checked against the actual schema.</summary>
/// <param name="FeatureColumnName">The column of sequences.</param>
/// <param name="Steps">Steps of a sequence, with padding if there is any; 0 where the column's size varies.</param>
/// <param name="Features">Values of a step.</param>
/// <param name="LabelColumnName">The column to predict.</param>
/// <param name="LabelSize">Values of a label, <c>horizon × targets</c>.</param>
/// <param name="Targets">Targets of a label.</param>
/// <param name="LabelReach">How many rows ahead of its own a label looks, in rows of this data: horizon / stride of the windowing step.</param>
/// <param name="TargetFeatures">With differencing, the feature that each target is.</param>
/// <param name="VariableLength">
/// Whether sequences have lengths of their own: the column's size varies, windows are padded, or missing tokens stand at their ends.
/// </param>
internal sealed record TrainingColumns(
    string FeatureColumnName, int Steps, int Features, string LabelColumnName, int LabelSize, int Targets, int LabelReach,
    int[]? TargetFeatures, bool VariableLength)
{
    /// <summary>The values that tokens have; 0 for sequences of numbers.</summary>
    public int Tokens { get; init; }

    /// <summary>The classes of the label, where it has some.</summary>
    public ClassSummary? Classes { get; init; }

    /// <summary>The column that tells how much each example counts, or null.</summary>
    public string? WeightColumnName { get; init; }

    /// <summary>The column that tells the windowed series apart; null for one series.</summary>
    public string? GroupedBy { get; init; }

    /// <summary>Values that are kept of an example's label: with weights, the example's stands behind it; with covariates, their values.</summary>
    public int StoredLabelSize => LabelSize + (WeightColumnName is null ? 0 : 1) + (Covariates?.Size ?? 0);

    /// <summary>Columns beside the window; null where there are none.</summary>
    public Covariates? Covariates { get; init; }

    /// <summary>How far labels reach ahead in examples in order of time; null where there is no such order.</summary>
    public int? SplitGap => IsOrdered ? LabelReach : null;

    /// <summary>What a forecasting network has beyond recurrent layers; null for other tasks.</summary>
    public ForecastShape? Forecast { get; init; }

    /// <summary>For each target the feature that it is a later value of; null where it is none, or not known.</summary>
    public int[]? SeriesTargets { get; init; }

    /// <summary>How a language model reads and predicts tokens; null for other tasks.</summary>
    public LanguageSummary? Language { get; init; }

    /// <summary>Units that each window has of its own; null where all are scaled alike.</summary>
    public WindowUnits? Units { get; init; }

    /// <summary>The steps that all windows have in a batch, padding included; 0 where batches are as long as need be.</summary>
    public int FixedSteps => Forecast?.IsFixed == true ? Steps : 0;

    /// <summary>Whether examples stand in order of time, so that the latest are to validate; else each class validates in its share.</summary>
    public bool IsOrdered { get; init; } = true;

    public static TrainingColumns Find(
        DataViewSchema schema, string featureColumnName, string labelColumnName, SequenceTask task, RecurrentOptions options)
    {
        var feature = Column(schema, featureColumnName);
        var label = Column(schema, labelColumnName);
        int tokens = Tokenized(feature, options);
        var (steps, features) = tokens > 0 ? (((VectorDataViewType)feature.Type).Size, 1) : Shape(feature, options.Features);
        bool isWindow = WindowAnnotations.GetInt(feature, WindowAnnotations.WindowLength) is not null;
        var windowed = task.IsClassification && isWindow ? WindowedLabel(schema) ?? label : label;
        int horizon = WindowAnnotations.GetInt(windowed, WindowAnnotations.Horizon) ?? 0;
        int stride = WindowAnnotations.GetInt(windowed, WindowAnnotations.Stride) ?? 1;
        int labelSize = task.LabelSize(label), targets = SingleColumn.Targets(label);
        TrainingColumns columns = new(
            featureColumnName, steps, features, labelColumnName, labelSize, targets, horizon / stride,
            options.Scaling.Difference ? FindTargetFeatures(options.Scaling, label, features, targets) : null,
            steps == 0 || tokens > 0 || WindowAnnotations.IsPadded(feature))
        {
            Tokens = tokens,
            Classes = task.Classes(label),
            WeightColumnName = task.WeightColumnName,
            IsOrdered = !task.IsClassification || options.Training.GroupColumnName is not null || isWindow,
            SeriesTargets = task.IsClassification || (horizon > 0 && !isWindow) // windows that were changed since: in other units than the label
                ? null
                : TargetFeaturesOf(options.Scaling, label, features, targets),
            GroupedBy = WindowAnnotations.GetText(windowed, WindowAnnotations.GroupColumn),
        };
        return task.Complete(columns, schema, label, options);
    }

    public static ArgumentException Missing(string name, IEnumerable<string> columns) =>
        new($"There is no column '{name}'; the data has {string.Join(", ", columns.Distinct().Select(c => $"'{c}'"))}.");

    public static ArgumentException WrongFeatureType(string name, string type) => new(
        $"Feature column '{name}' is {type}; a recurrent trainer takes sequences, Vector<Single, steps, features> or Vector<Single, "
            + "steps>, where the number of steps may vary (ml.Transforms.SlidingWindow makes them), or vectors of keys, the tokens of a "
            + "text (ml.Transforms.Conversion.MapValueToKey makes them of words).");

    private static DataViewSchema.Column Column(DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) ?? throw Missing(name, schema.Where(c => !c.IsHidden).Select(c => c.Name));

    // The number that windows were labelled with, of which classes are made: how far they look ahead is told by it alone.
    private static DataViewSchema.Column? WindowedLabel(DataViewSchema schema)
    {
        foreach (var column in schema)
        {
            if (WindowAnnotations.GetInt(column, WindowAnnotations.Horizon) is not null)
                return column;
        }
        return null;
    }

    private static int Tokenized(DataViewSchema.Column column, RecurrentOptions options)
    {
        if (column.Type is not VectorDataViewType { ItemType: KeyDataViewType key } vector)
            return 0;
        if (vector.Dimensions.Length > 1 || key.Count is < 1 or > KeyGetters.MostKeys)
        {
            throw new ArgumentException($"Feature column '{column.Name}' is {column.Type}; tokens are a vector of keys of one dimension, with 1 to "
                + $"{KeyGetters.MostKeys} values.");
        }
        if (options.Features is not null)
            throw new ArgumentException($"Features is {options.Features}, but a step of '{column.Name}' is one token. Leave Features out.");
        if (options.Input is { Deltas: true } or { StackedSteps: > 1 })
            throw new ArgumentException($"Input makes deltas or stacks of numbers, but a step of '{column.Name}' is a token. Leave Input out.");
        return (int)key.Count;
    }

    private static (int Steps, int Features) Shape(DataViewSchema.Column column, int? givenFeatures)
    {
        if (column.Type is not VectorDataViewType vector || vector.ItemType != NumberDataViewType.Single || vector.Dimensions.Length > 2)
            throw WrongFeatureType(column.Name, column.Type.ToString()!);
        int own = vector.Dimensions.Length == 2 ? vector.Dimensions[1] : 1;
        if (own == 0) // Vector<Single, steps, *>
            throw WrongFeatureType(column.Name, column.Type.ToString()!);
        int features = givenFeatures ?? own;
        if (vector.Dimensions.Length == 2 && features != own)
            throw new ArgumentException($"Features is {features}, but column '{column.Name}' is {column.Type} with {own} values per "
                + "step. Leave Features out.");
        if (vector.Size % features != 0)
            throw new ArgumentException($"Features is {features}, but column '{column.Name}' has {vector.Size} values, which is no "
                + "multiple of it.");
        return (vector.Size / features, features);
    }

    /// <summary>For each target the feature that it is, as windowing recorded it or the options say; null where neither tells.</summary>
    public static int[]? TargetFeaturesOf(ScalingOptions scaling, DataViewSchema.Column label, int features, int targets) =>
        Recorded(scaling, label, features, targets) is { } found && found.Length == targets && Array.TrueForAll(found, f => f >= 0 && f < features)
            ? found
            : null;

    private static int[]? Recorded(ScalingOptions scaling, DataViewSchema.Column label, int features, int targets) => targets > 1
        ? WindowAnnotations.GetInts(label, WindowAnnotations.TargetFeatures)
        : (scaling.TargetFeature ?? WindowAnnotations.GetInt(label, WindowAnnotations.TargetFeature)
            ?? (features == 1 && WindowAnnotations.GetInt(label, WindowAnnotations.Horizon) is null ? 0 : null)) is { } one
            ? [one]
            : null;

    private static int[] FindTargetFeatures(ScalingOptions scaling, DataViewSchema.Column label, int features, int targets)
    {
        int[]? found = Recorded(scaling, label, features, targets);
        if (targets > 1 && scaling.TargetFeature is not null)
            throw new ArgumentException($"Scaling.TargetFeature is {scaling.TargetFeature}, but label '{label.Name}' has {targets} targets. "
                + "Leave TargetFeature out: windowing records which features they are.");
        if (found is null || found.Length != targets || found.Any(f => f < 0))
        {
            throw new ArgumentException(
                $"Scaling.Difference predicts the change of one of the {features} features per target, and label '{label.Name}' does not "
                    + $"tell which. {(targets > 1 ? "Make every target an input of the window" : "Set Scaling.TargetFeature (counted from 0)")}.");
        }
        return found.All(f => f < features)
            ? found
            : throw new ArgumentException($"Scaling.TargetFeature is {found.Max()}; a step has {features} features, counted from 0.");
    }
}
