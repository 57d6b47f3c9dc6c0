using Microsoft.ML;
using Microsoft.ML.Data;
using static Microsoft.ML.SchemaShape.Column;

namespace MlNetRnn;

/// <summary>The columns that a baseline reads and makes.</summary>
internal static class BaselineColumns
{
    /// <summary>The window column.</summary>
    /// <exception cref="ArgumentException">It is missing or not a window of one value per step.</exception>
    public static DataViewSchema.Column FindInput(BaselineSettings settings, DataViewSchema schema)
    {
        if (schema.GetColumnOrNull(settings.InputColumnName) is not { } column)
            throw Missing(settings, "Window", settings.InputColumnName, schema.Select(c => c.Name));
        if (column.Type is not VectorDataViewType { Dimensions.Length: 1 or 2 } vector || vector.ItemType != NumberDataViewType.Single
            || (vector.Dimensions.Length == 2 && vector.Dimensions[1] != 1))
            throw WrongInput(settings, column.Type.ToString()!);
        return column;
    }

    /// <summary>The number of steps ahead, by the label column.</summary>
    /// <exception cref="ArgumentException">It is missing or does not tell one value per step.</exception>
    public static int FindHorizon(BaselineSettings settings, string labelColumnName, DataViewSchema schema)
    {
        if (schema.GetColumnOrNull(labelColumnName) is not { } column)
            throw Missing(settings, "Label", labelColumnName, schema.Select(c => c.Name));
        return column.Type switch
        {
            VectorDataViewType { Size: > 0 } vector when vector.ItemType == NumberDataViewType.Single
                && (vector.Dimensions.Length == 1 || (vector.Dimensions.Length == 2 && vector.Dimensions[1] == 1)) => vector.Size,
            var type when type == NumberDataViewType.Single => 1,
            var type => throw WrongLabel(settings, labelColumnName, type.ToString()!),
        };
    }

    /// <summary>The columns that are made, in their order.</summary>
    public static DataViewSchema.DetachedColumn[] Make(BaselineSettings settings)
    {
        var perStep = new VectorDataViewType(NumberDataViewType.Single, settings.Horizon);
        return [.. settings.Outputs().Select(output => IsQuantiles(output.Setting)
            ? new DataViewSchema.DetachedColumn(output.Name!,
                new VectorDataViewType(NumberDataViewType.Single, settings.Horizon, settings.Levels.Length), Levels(settings))
            : new DataViewSchema.DetachedColumn(output.Name!, perStep))];
    }

    /// <summary>The input's columns and those that are made, as far as they are known before there is data.</summary>
    /// <exception cref="ArgumentException">A column is missing or has a wrong type.</exception>
    public static SchemaShape Shape(BaselineSettings settings, string labelColumnName, SchemaShape source)
    {
        var names = source.Select(column => column.Name);
        if (!source.TryFindColumn(settings.InputColumnName, out var input))
            throw Missing(settings, "Window", settings.InputColumnName, names);
        if (input.Kind == VectorKind.Scalar || input.ItemType != NumberDataViewType.Single || input.IsKey)
            throw WrongInput(settings, input.GetTypeString());
        if (!source.TryFindColumn(labelColumnName, out var label))
            throw Missing(settings, "Label", labelColumnName, names);
        if (label.Kind == VectorKind.VariableVector || label.ItemType != NumberDataViewType.Single || label.IsKey)
            throw WrongLabel(settings, labelColumnName, label.GetTypeString());
        var levels = new SchemaShape([Single(WindowAnnotations.Quantiles)]);
        var made = settings.Outputs().Select(output => Single(output.Name!, IsQuantiles(output.Setting) ? levels : null)).ToArray();
        return new SchemaShape(source.Where(column => made.All(other => other.Name != column.Name)).Concat(made));
    }

    private static SchemaShape.Column Single(string name, SchemaShape? annotations = null)
        => new(name, VectorKind.Vector, NumberDataViewType.Single, false, annotations);

    private static bool IsQuantiles(string setting) => setting == nameof(BaselineOptions.QuantilesColumnName);

    private static DataViewSchema.Annotations Levels(BaselineSettings settings)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddSingles(WindowAnnotations.Quantiles, [.. settings.Levels.Select(level => (float)level)]);
        return builder.ToAnnotations();
    }

    private static ArgumentException Missing(BaselineSettings settings, string role, string name, IEnumerable<string> names) => new(
        $"ForecastBy{settings.Kind}: {role} column '{name}' is not in the data, which has: {string.Join(", ", names)}. Run the windowing step "
            + "first, or name another column.");

    private static ArgumentException WrongInput(BaselineSettings settings, string type) => new(
        $"ForecastBy{settings.Kind}: Window column '{settings.InputColumnName}' is {type}, expected Vector<Single, steps> or "
            + "Vector<Single, steps, 1>, the values of one series: make a window of the target alone by ml.Transforms.SlidingWindow.");

    private static ArgumentException WrongLabel(BaselineSettings settings, string name, string type) => new(
        $"ForecastBy{settings.Kind}: Label column '{name}' is {type}, expected a Single or a Vector<Single, horizon> of known size, one value "
            + "per step: ml.Transforms.SlidingWindow makes one.");
}
