using Microsoft.ML;
using Microsoft.ML.Data;
using static Microsoft.ML.SchemaShape.Column;

namespace MlNetRnn;

/// <summary>Finds everything that is wrong with the columns of the data for the settings of a window.</summary>
internal static class SourceColumnsCheck
{
    /// <exception cref="ArgumentException">A column is missing or has a wrong type; the text lists all problems.</exception>
    public static void Run(SlidingWindowSettings settings, SchemaShape source)
    {
        var problems = new Problems();
        foreach (var name in settings.InputColumnNames)
            CheckNumeric("Input", name, source, problems);
        foreach (var name in settings.Targets)
            CheckTarget(settings, name, source, problems);
        foreach (var name in settings.FutureColumnNames)
            CheckNumeric("Future", name, source, problems);
        foreach (var name in settings.StaticColumnNames)
            CheckNumeric("Static", name, source, problems, IsText, "it passes through by itself, take it out of StaticColumns, or "
                + "encode it with OneHotEncoding before windowing.");
        CheckGroup(settings, source, problems);
        CheckTime(settings, source, problems);
        CheckOutputs(settings, source, problems);
        problems.ThrowIfAny("SlidingWindow");
    }

    /// <exception cref="ArgumentException">Something that is made or kept does not fit into an array.</exception>
    public static void Sizes(WindowBinding binding)
    {
        var (settings, shape, problems) = (binding.Settings, binding.Shape, new Problems());
        var values = ((Int128)settings.WindowLength + settings.Horizon) * SeriesWindow.StoredWidth(shape);
        problems.AddIf(values > Array.MaxLength, $"{settings.Names.WindowLength} {settings.WindowLength} + {settings.Names.Horizon} "
            + $"{settings.Horizon} with {SeriesWindow.StoredWidth(shape)} values per step is {values} values, expected at most "
            + $"{Array.MaxLength}: choose a shorter window or horizon, or fewer inputs.");
        CheckAhead(settings, settings.Names.Target, binding.Targets, problems);
        CheckAhead(settings, nameof(SlidingWindowOptions.FutureColumns), binding.Futures, problems);
        problems.ThrowIfAny("SlidingWindow");
    }

    private static void CheckAhead(SlidingWindowSettings settings, string setting, DataViewSchema.Column[] columns, Problems problems)
    {
        var values = ((Int128)settings.Horizon + 1) * WindowBinding.Width(columns);
        problems.AddIf(values > Array.MaxLength, $"{settings.Names.Horizon} {settings.Horizon} + 1 with {WindowBinding.Width(columns)} "
            + $"values per row of {setting} is {values} values, expected at most {Array.MaxLength}: choose a shorter horizon.");
    }

    private static void CheckTarget(SlidingWindowSettings settings, string name, SchemaShape source, Problems problems)
    {
        if (!settings.InputColumnNames.Contains(name))
            CheckNumeric("Target", name, source, problems);
        if (source.TryFindColumn(name, out var column) && IsNumber(column) && column.Kind == VectorKind.Vector)
            problems.Add($"Target column '{name}' is {column.GetTypeString()}, expected a scalar: "
                + $"name the scalar column to predict as {settings.Names.Target}; it need not be an input.");
    }

    private static void CheckGroup(SlidingWindowSettings settings, SchemaShape source, Problems problems)
    {
        if (settings.GroupColumnName is not { } name)
            return;
        if (!source.TryFindColumn(name, out var column))
            problems.Add(Missing("Group", name, source));
        else if (column.Kind != VectorKind.Scalar || column.ItemType is not PrimitiveDataViewType)
            problems.Add($"Group column '{name}' is {column.GetTypeString()}, expected a scalar number, key, text, Boolean or time.");
    }

    private static void CheckTime(SlidingWindowSettings settings, SchemaShape source, Problems problems)
    {
        if (settings.TimeColumnName is not { } name)
            return;
        if (!source.TryFindColumn(name, out var column))
        {
            problems.Add(Missing("Time", name, source));
            return;
        }
        var isTicks = TimeReader.IsTicks(column.ItemType);
        if (column.Kind != VectorKind.Scalar || !(isTicks || IsNumber(column)))
            problems.Add($"Time column '{name}' is {column.GetTypeString()}, expected a scalar DateTime, DateTimeOffset, TimeSpan or "
                + "number: convert it with ml.Transforms.Conversion.ConvertType before windowing.");
        else if (isTicks ? settings.LargestNumericTimeStep is not null : settings.LargestTimeStep is not null)
            problems.Add($"Time column '{name}' is {column.GetTypeString()}: give its largest step as "
                + (isTicks ? "LargestTimeStep, not as LargestNumericTimeStep." : "LargestNumericTimeStep, not as LargestTimeStep."));
    }

    private static void CheckOutputs(SlidingWindowSettings settings, SchemaShape source, Problems problems)
    {
        problems.AddIf(source.TryFindColumn(settings.LabelColumnName, out _),
            $"The data already has a column '{settings.LabelColumnName}', where the label would go: give another {settings.Names.Label}, "
                + "or drop the column before windowing.");
        foreach (var (name, setting) in SettingsCheck.CarriedOutputs(settings))
            problems.AddIf(source.TryFindColumn(name, out _),
                $"The data already has a column '{name}', where {setting} would go: give another {setting}, or drop the column before "
                    + "windowing.");
    }

    private static void CheckNumeric(string role, string name, SchemaShape source, Problems problems,
        Func<SchemaShape.Column, bool>? special = null, string specialRemedy = "")
    {
        if (!source.TryFindColumn(name, out var column))
            problems.Add(Missing(role, name, source));
        else if (!IsNumber(column))
            problems.Add($"{role} column '{name}' is {column.GetTypeString()}, expected Single, Double or an integer type: "
                + (special?.Invoke(column) == true ? specialRemedy : Remedy(column)));
        else if (column.Kind == VectorKind.VariableVector)
            problems.Add($"{role} column '{name}' is {column.GetTypeString()} of variable size, expected a scalar or a vector of known "
                + "size: every row has the same number of values.");
    }

    private static string Remedy(SchemaShape.Column column) => IsText(column)
        ? "encode it with OneHotEncoding before windowing."
        : "convert it with ml.Transforms.Conversion.ConvertType before windowing.";

    private static string Missing(string role, string name, SchemaShape source)
        => $"{role} column '{name}' is not in the data, which has: {string.Join(", ", source.Select(column => column.Name))}.";

    private static bool IsText(SchemaShape.Column column) => column.IsKey || column.ItemType is TextDataViewType;

    private static bool IsNumber(SchemaShape.Column column) => !column.IsKey && column.ItemType is NumberDataViewType;
}
