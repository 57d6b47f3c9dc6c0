using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>What a backtest reads of the raw data, from the options and the windowing in the pipeline.</summary>
internal sealed record BacktestColumns(int Horizon, DataViewSchema.Column? Group, DataViewSchema.Column? Time, DataViewSchema.Column Value)
{
    private static readonly string[] s_made = ["Fold", "OriginRow", "Origin", "Step", "Actual", "Forecast", "LowerBound", "UpperBound"];

    /// <exception cref="ArgumentException">An option or a column is wrong; the text lists all problems.</exception>
    public static BacktestColumns Find(DataViewSchema schema, SlidingWindowSettings? window, BacktestOptions options)
    {
        var problems = new Problems();
        CheckNumbers(options, problems);
        var horizon = options.Horizon ?? window?.Horizon;
        problems.AddIf(horizon is null, "Horizon is not given, and the pipeline has no SlidingWindow that tells it: give the number of rows to "
            + "forecast.");
        problems.AddIf(options.Horizon < 1, $"Horizon is {options.Horizon}, expected at least 1: the number of rows to forecast.");
        problems.AddIf(options.Horizon > window?.Horizon, $"Horizon is {options.Horizon}, more than the {window?.Horizon} steps of the pipeline's "
            + "SlidingWindow: give at most that.");
        problems.AddIf(window?.Targets.Length > 1, $"The pipeline forecasts {window?.Targets.Length} targets; a backtest is of one: forecast each "
            + "target by itself, or evaluate with ml.Forecasting.Evaluate.");
        var group = Optional(schema, options.GroupColumnName ?? window?.GroupColumnName, nameof(options.GroupColumnName), problems);
        var time = Optional(schema, options.TimeColumnName ?? window?.TimeColumnName, nameof(options.TimeColumnName), problems);
        var value = FindValue(schema, options.ValueColumnName ?? window?.TargetColumnName, problems);
        problems.AddIf(group is { Type: not PrimitiveDataViewType }, $"Group column '{group?.Name}' is {group?.Type}, expected a scalar.");
        problems.AddIf(time is { } t && t.Type is not (NumberDataViewType or DateTimeDataViewType or DateTimeOffsetDataViewType
            or TimeSpanDataViewType), $"Time column '{time?.Name}' is {time?.Type}, expected a scalar DateTime, DateTimeOffset, TimeSpan or number.");
        foreach (var column in new[] { group, time }.OfType<DataViewSchema.Column>())
            problems.AddIf(s_made.Contains(column.Name), $"Column '{column.Name}' has the name of a column of the result: rename it before "
                + "the backtest.");
        problems.ThrowIfAny("Backtest");
        return new(horizon!.Value, group, time, value!.Value);
    }

    private static void CheckNumbers(BacktestOptions options, Problems problems)
    {
        problems.AddIf(options.Folds < 1, $"Folds is {options.Folds}, expected at least 1: the number of origins.");
        problems.AddIf(options.Step < 1, $"Step is {options.Step}, expected at least 1: the number of rows from one origin to the next.");
        problems.AddIf(options.SeasonLength < 1, $"SeasonLength is {options.SeasonLength}, expected at least 1: the number of steps in a season, 1 "
            + "where there is none.");
        problems.AddIf(options.MovingAverageLength < 0, $"MovingAverageLength is {options.MovingAverageLength}, expected at least 1, or 0 for one "
            + "season.");
        problems.AddIf(options.MaxParallelFits < 1, $"MaxParallelFits is {options.MaxParallelFits}, expected at least 1.");
        problems.AddIf((options.Baselines & ~BacktestBaselines.All) != 0, $"Baselines is {options.Baselines}, expected some of "
            + $"{BacktestBaselines.All}.");
        problems.AddIf(string.IsNullOrWhiteSpace(options.ModelName) || Enum.GetNames<BacktestBaselines>().Contains(options.ModelName),
            $"ModelName is '{options.ModelName}', expected a name that no baseline has.");
        QuantileLevels.CheckConfidence(options.ConfidenceLevel, problems);
    }

    private static DataViewSchema.Column? Optional(DataViewSchema schema, string? name, string option, Problems problems)
        => name is null ? null : Required(schema, name, option, problems);

    private static DataViewSchema.Column? Required(DataViewSchema schema, string name, string option, Problems problems)
    {
        if (schema.GetColumnOrNull(name) is { } column)
            return column;
        problems.Add($"{option} is '{name}', which is not in the data; it has: {string.Join(", ", schema.Select(c => c.Name))}. A column that "
            + "the pipeline makes cannot tell what a backtest holds back: name the raw one.");
        return null;
    }

    private static DataViewSchema.Column? FindValue(DataViewSchema schema, string? name, Problems problems)
    {
        if (name is null)
        {
            problems.Add("ValueColumnName is not given, and the pipeline has no SlidingWindow that tells it: name the column that is forecast.");
            return null;
        }
        var column = Required(schema, name, nameof(BacktestOptions.ValueColumnName), problems);
        problems.AddIf(column is { Type: not NumberDataViewType }, $"Value column '{name}' is {column?.Type}, expected a scalar Single, Double or "
            + "integer: convert it with ml.Transforms.Conversion.ConvertType before the backtest.");
        return column;
    }
}
