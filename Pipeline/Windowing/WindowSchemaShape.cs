using Microsoft.ML;
using Microsoft.ML.Data;
using static Microsoft.ML.SchemaShape.Column;

namespace MlNetRnn;

/// <summary>Which columns can be windowed, and what comes out, as far as it is known before there is data (sizes are not).</summary>
internal static class WindowSchemaShape
{
    /// <summary>The input's columns, then the window, then the label.</summary>
    public static SchemaShape Output(SlidingWindowSettings settings, SchemaShape input)
    {
        Check(settings, input);
        return new SchemaShape([.. input.Where(column => column.Name != settings.OutputColumnName), Window(settings), Label(settings)]);
    }

    /// <exception cref="ArgumentException">A column is missing or has a wrong type; the text lists all problems.</exception>
    public static void Check(SlidingWindowSettings settings, SchemaShape input)
    {
        var problems = new Problems();
        foreach (var name in settings.InputColumnNames)
            CheckNumeric("Input", name, input, problems);
        CheckTarget(settings, input, problems);
        CheckGroup(settings, input, problems);
        problems.AddIf(input.TryFindColumn(settings.LabelColumnName, out _),
            $"The data already has a column '{settings.LabelColumnName}', where the label would go: give another labelColumnName, or drop "
                + "the column before windowing.");
        problems.ThrowIfAny("SlidingWindow");
    }

    private static void CheckTarget(SlidingWindowSettings settings, SchemaShape input, Problems problems)
    {
        var name = settings.TargetColumnName;
        if (!settings.InputColumnNames.Contains(name))
            CheckNumeric("Target", name, input, problems);
        if (input.TryFindColumn(name, out var column) && IsNumber(column) && column.Kind == VectorKind.Vector)
            problems.Add($"Target column '{name}' is {column.GetTypeString()}, expected a scalar: "
                + "name the scalar column to predict as targetColumnName; it need not be an input.");
    }

    private static void CheckGroup(SlidingWindowSettings settings, SchemaShape input, Problems problems)
    {
        if (settings.GroupColumnName is not { } name)
            return;
        if (!input.TryFindColumn(name, out var column))
            problems.Add(Missing("Group", name, input));
        else if (column.Kind != VectorKind.Scalar || column.ItemType is not PrimitiveDataViewType)
            problems.Add($"Group column '{name}' is {column.GetTypeString()}, expected a scalar number, key, text, Boolean or time.");
    }

    private static void CheckNumeric(string role, string name, SchemaShape input, Problems problems)
    {
        if (!input.TryFindColumn(name, out var column))
            problems.Add(Missing(role, name, input));
        else if (!IsNumber(column))
            problems.Add($"{role} column '{name}' is {column.GetTypeString()}, expected Single, Double or an integer type: "
                + $"{Remedy(column)}");
        else if (column.Kind == VectorKind.VariableVector)
            problems.Add($"{role} column '{name}' is {column.GetTypeString()} of variable size, expected a scalar or a vector of known "
                + "size: every step of a window has the same number of values.");
    }

    private static string Remedy(SchemaShape.Column column) => column.IsKey || column.ItemType is TextDataViewType
        ? "encode it with OneHotEncoding before windowing."
        : "convert it with ml.Transforms.Conversion.ConvertType before windowing.";

    private static string Missing(string role, string name, SchemaShape input)
        => $"{role} column '{name}' is not in the data, which has: {string.Join(", ", input.Select(column => column.Name))}.";

    private static bool IsNumber(SchemaShape.Column column) => !column.IsKey && column.ItemType is NumberDataViewType;

    private static SchemaShape.Column Window(SlidingWindowSettings settings) => new(settings.OutputColumnName, VectorKind.Vector,
        NumberDataViewType.Single, false, new SchemaShape(
        [
            new("SlotNames", VectorKind.Vector, TextDataViewType.Instance, false),
            Int(WindowAnnotations.WindowLength),
        ]));

    private static SchemaShape.Column Label(SlidingWindowSettings settings)
    {
        List<SchemaShape.Column> annotations = [Int(WindowAnnotations.Horizon), Int(WindowAnnotations.Stride)];
        if (settings.InputColumnNames.Contains(settings.TargetColumnName))
            annotations.Add(Int(WindowAnnotations.TargetFeature));
        if (settings.GroupColumnName is not null)
            annotations.Add(new(WindowAnnotations.GroupColumn, VectorKind.Scalar, TextDataViewType.Instance, false));
        var kind = settings.Horizon == 1 ? VectorKind.Scalar : VectorKind.Vector;
        return new(settings.LabelColumnName, kind, NumberDataViewType.Single, false, new SchemaShape(annotations));
    }

    private static SchemaShape.Column Int(string name) => new(name, VectorKind.Scalar, NumberDataViewType.Int32, false);
}
