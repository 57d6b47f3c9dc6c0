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
/// <param name="VariableLength">Whether sequences have lengths of their own: the column's size varies, or windows are padded.</param>
internal sealed record TrainingColumns(
    string FeatureColumnName, int Steps, int Features, string LabelColumnName, int LabelSize, int Targets, int LabelReach,
    int[]? TargetFeatures, bool VariableLength)
{
    public static TrainingColumns Find(
        DataViewSchema schema, string featureColumnName, string labelColumnName, SequenceTask task, RecurrentOptions options)
    {
        var feature = Column(schema, featureColumnName);
        var label = Column(schema, labelColumnName);
        var (steps, features) = Shape(feature, options.Features);
        int horizon = WindowAnnotations.GetInt(label, WindowAnnotations.Horizon) ?? 0;
        int stride = WindowAnnotations.GetInt(label, WindowAnnotations.Stride) ?? 1;
        int labelSize = task.LabelSize(label), targets = SingleColumn.Targets(label);
        return new(
            featureColumnName, steps, features, labelColumnName, labelSize, targets, horizon / stride,
            options.Scaling.Difference ? FindTargetFeatures(options.Scaling, label, features, targets) : null,
            steps == 0 || WindowAnnotations.IsPadded(feature));
    }

    public static ArgumentException Missing(string name, IEnumerable<string> columns) =>
        new($"There is no column '{name}'; the data has {string.Join(", ", columns.Distinct().Select(c => $"'{c}'"))}.");

    public static ArgumentException WrongFeatureType(string name, string type) => new(
        $"Feature column '{name}' is {type}; a recurrent trainer takes sequences, Vector<Single, steps, features> or Vector<Single, "
            + "steps>, where the number of steps may vary. ml.Transforms.SlidingWindow makes them.");

    private static DataViewSchema.Column Column(DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) ?? throw Missing(name, schema.Where(c => !c.IsHidden).Select(c => c.Name));

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

    private static int[] FindTargetFeatures(ScalingOptions scaling, DataViewSchema.Column label, int features, int targets)
    {
        int[]? found = targets > 1
            ? WindowAnnotations.GetInts(label, WindowAnnotations.TargetFeatures)
            : (scaling.TargetFeature ?? WindowAnnotations.GetInt(label, WindowAnnotations.TargetFeature) ?? (features == 1 ? 0 : null)) is { } one
                ? [one]
                : null;
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
