using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The columns that training reads, checked against the actual schema.</summary>
/// <param name="FeatureColumnName">The column of sequences.</param>
/// <param name="Steps">Steps of a sequence.</param>
/// <param name="Features">Values of a step.</param>
/// <param name="LabelColumnName">The column to predict.</param>
/// <param name="LabelSize">Values of a label.</param>
/// <param name="LabelReach">How many rows ahead of its own a label looks, in rows of this data: horizon / stride of the windowing step.</param>
/// <param name="TargetFeature">With differencing, the feature that is predicted.</param>
internal sealed record TrainingColumns(
    string FeatureColumnName, int Steps, int Features, string LabelColumnName, int LabelSize, int LabelReach, int? TargetFeature)
{
    public static TrainingColumns Find(
        DataViewSchema schema, string featureColumnName, string labelColumnName, SequenceTask task, RecurrentOptions options)
    {
        var feature = Column(schema, featureColumnName);
        var label = Column(schema, labelColumnName);
        var (steps, features) = Shape(feature, options.Features);
        int horizon = WindowAnnotations.GetInt(label, WindowAnnotations.Horizon) ?? 0;
        int stride = WindowAnnotations.GetInt(label, WindowAnnotations.Stride) ?? 1;
        return new(
            featureColumnName, steps, features, labelColumnName, task.LabelSize(label), horizon / stride,
            options.Scaling.Difference ? FindTargetFeature(options.Scaling, label, features) : null);
    }

    public static ArgumentException Missing(string name, IEnumerable<string> columns) =>
        new($"There is no column '{name}'; the data has {string.Join(", ", columns.Distinct().Select(c => $"'{c}'"))}.");

    public static ArgumentException WrongFeatureType(string name, string type) => new(
        $"Feature column '{name}' is {type}; a recurrent trainer takes sequences, Vector<Single, steps, features> or Vector<Single, "
            + "steps> of known size. ml.Transforms.SlidingWindow makes them.");

    private static DataViewSchema.Column Column(DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) ?? throw Missing(name, schema.Where(c => !c.IsHidden).Select(c => c.Name));

    private static (int Steps, int Features) Shape(DataViewSchema.Column column, int? givenFeatures)
    {
        if (column.Type is not VectorDataViewType { Size: > 0 } vector || vector.ItemType != NumberDataViewType.Single)
            throw WrongFeatureType(column.Name, column.Type.ToString()!);
        if (vector.Dimensions.Length > 2)
            throw WrongFeatureType(column.Name, column.Type.ToString()!);
        int own = vector.Dimensions.Length == 2 ? vector.Dimensions[1] : 1;
        int features = givenFeatures ?? own;
        if (vector.Dimensions.Length == 2 && features != own)
            throw new ArgumentException($"Features is {features}, but column '{column.Name}' is {column.Type} with {own} values per "
                + "step. Leave Features out.");
        if (vector.Size % features != 0)
            throw new ArgumentException($"Features is {features}, but column '{column.Name}' has {vector.Size} values, which is no "
                + "multiple of it.");
        return (vector.Size / features, features);
    }

    private static int FindTargetFeature(ScalingOptions scaling, DataViewSchema.Column label, int features)
    {
        int? target = scaling.TargetFeature ?? WindowAnnotations.GetInt(label, WindowAnnotations.TargetFeature) ?? (features == 1 ? 0 : null);
        if (target is not { } feature)
        {
            throw new ArgumentException(
                $"Scaling.Difference predicts the change of one of the {features} features, and label '{label.Name}' does not tell "
                    + "which. Set Scaling.TargetFeature (counted from 0).");
        }
        return feature < features
            ? feature
            : throw new ArgumentException($"Scaling.TargetFeature is {feature}; a step has {features} features, counted from 0.");
    }
}
