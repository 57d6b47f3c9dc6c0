using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The columns that an evaluation reads; found, and their types checked, before a row is read.</summary>
internal sealed class ForecastColumns
{
    private readonly Problems _problems;

    private ForecastColumns(ForecastEvaluationOptions options, DataViewSchema schema, Problems problems)
    {
        _problems = problems;
        Label = Find(schema, options.LabelColumnName, "Label");
        Forecast = Find(schema, options.ForecastColumnName, "Forecast");
        Lower = Find(schema, options.LowerBoundColumnName, "Lower bound");
        Upper = Find(schema, options.UpperBoundColumnName, "Upper bound");
        Quantiles = Find(schema, options.QuantilesColumnName, "Quantiles");
        InSample = Find(schema, options.InSampleColumnName, "In-sample");
        Group = FindGroup(schema, options.GroupColumnName, "the data", problems);
        Levels = Quantiles is { } column ? LevelsOf(options, column) : [];
    }

    public DataViewSchema.Column? Label { get; }

    public DataViewSchema.Column? Forecast { get; }

    public DataViewSchema.Column? Lower { get; }

    public DataViewSchema.Column? Upper { get; }

    public DataViewSchema.Column? Quantiles { get; }

    public DataViewSchema.Column? InSample { get; }

    public DataViewSchema.Column? Group { get; }

    /// <summary>The levels of the quantiles; empty without them.</summary>
    public double[] Levels { get; }

    /// <summary>The values per step of the label.</summary>
    public int Targets => SingleColumn.Targets(Label!.Value);

    /// <summary>The number of steps ahead; 0 where no column's type tells it.</summary>
    public int Steps => Math.Max(SingleColumn.Size(Label!.Value), SingleColumn.Size(Forecast!.Value)) / Targets;

    public IEnumerable<DataViewSchema.Column> All
        => new[] { Label, Forecast, Lower, Upper, Quantiles, InSample, Group }.OfType<DataViewSchema.Column>();

    /// <exception cref="ArgumentException">An option or a column is wrong; the text lists all problems.</exception>
    public static ForecastColumns Find(ForecastEvaluationOptions options, DataViewSchema schema)
    {
        var problems = new Problems();
        ForecastEvaluationCheck.Run(options, problems);
        problems.ThrowIfAny("Evaluate");
        var columns = new ForecastColumns(options, schema, problems);
        columns.Check(options);
        problems.ThrowIfAny("Evaluate");
        return columns;
    }

    /// <summary>The column that tells series apart, null where none is named.</summary>
    public static DataViewSchema.Column? FindGroup(DataViewSchema schema, string? name, string where, Problems problems)
    {
        if (name is null)
            return null;
        if (schema.GetColumnOrNull(name) is not { } column)
            problems.Add($"Group column '{name}' is not in {where}, which has: {string.Join(", ", schema.Select(c => c.Name))}.");
        else if (column.Type is not PrimitiveDataViewType)
            problems.Add($"Group column '{name}' of {where} is {column.Type}, expected one value per row: text, a key or a number.");
        else
            return column;
        return null;
    }

    private DataViewSchema.Column? Find(DataViewSchema schema, string? name, string role)
        => name is null ? null : SingleColumn.Find(schema, name, role, _problems);

    private double[] LevelsOf(ForecastEvaluationOptions options, DataViewSchema.Column column)
    {
        if (options.Levels.Length > 0)
            return [.. options.Levels];
        if (WindowAnnotations.GetSingles(column, WindowAnnotations.Quantiles) is { Length: > 0 } levels)
            return [.. levels.Select(QuantileLevels.FromSingle)];
        _problems.Add($"Quantiles column '{column.Name}' does not tell its levels: give them as Quantiles, in the column's order.");
        return [];
    }

    private void Check(ForecastEvaluationOptions options)
    {
        if (Label is not { } label)
            return;
        const string SameSteps = "the same number of steps: evaluate with the label that the forecast was trained on.";
        CheckSize(label, Forecast, "forecast", 1, SameSteps);
        CheckSize(label, Lower, "lower bound", 1, SameSteps);
        CheckSize(label, Upper, "upper bound", 1, SameSteps);
        if (Levels.Length > 0)
            CheckSize(label, Quantiles, "quantiles", Levels.Length, $"{Levels.Length} values per label: one for each level of Quantiles.");
        if (SingleColumn.Targets(label) is > 1 and var targets
            && (Quantiles is not null || InSample is not null || options.History is not null))
            _problems.Add($"Label column '{label.Name}' is {label.Type}, of {targets} targets; scaled errors and quantiles are of one: leave out "
                + "the in-sample part and the quantiles, or evaluate each target by itself.");
        CheckInSample(options.SeasonLength);
    }

    private void CheckSize(DataViewSchema.Column label, DataViewSchema.Column? column, string role, int perLabel, string expected)
    {
        if (column is not { } other || SingleColumn.Size(label) == 0 || SingleColumn.Size(other) == 0)
            return;
        if (SingleColumn.Size(other) != SingleColumn.Size(label) * perLabel)
            _problems.Add($"Label column '{label.Name}' is {label.Type} and {role} column '{other.Name}' is {other.Type}, expected {expected}");
    }

    private void CheckInSample(int seasonLength)
    {
        if (InSample is not { } column)
            return;
        _problems.AddIf(column.Type is VectorDataViewType { Dimensions: { Length: > 1 } dimensions } && dimensions[^1] != 1,
            $"In-sample column '{column.Name}' is {column.Type}, expected a window of one value per step: make one of the target alone, or give "
                + "the History.");
        _problems.AddIf(SingleColumn.Size(column) is > 0 and var size && size <= seasonLength,
            $"In-sample column '{column.Name}' is {column.Type}, no longer than SeasonLength, {seasonLength}: errors are scaled by those of "
                + "values one season before. Give the History, or longer windows.");
    }
}
