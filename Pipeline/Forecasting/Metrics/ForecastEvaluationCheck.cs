namespace MlNetRnn;

/// <summary>Finds everything that is wrong with the options of an evaluation before there is data.</summary>
internal static class ForecastEvaluationCheck
{
    public static void Run(ForecastEvaluationOptions options, Problems problems)
    {
        foreach (var (name, setting) in Names(options))
            problems.AddIf(name is "", $"{setting} is empty: name a column, or leave it out.");
        CheckRequired(options.LabelColumnName, nameof(options.LabelColumnName), problems);
        CheckRequired(options.ForecastColumnName, nameof(options.ForecastColumnName), problems);
        CheckIntervals(options, problems);
        problems.AddIf(options.SeasonLength < 1, $"SeasonLength is {options.SeasonLength}, expected at least 1: the number of steps in a season, "
            + "1 where there is none.");
        CheckInSample(options, problems);
    }

    private static IEnumerable<(string? Name, string Setting)> Names(ForecastEvaluationOptions options) =>
    [
        (options.LowerBoundColumnName, nameof(options.LowerBoundColumnName)), (options.UpperBoundColumnName, nameof(options.UpperBoundColumnName)),
        (options.QuantilesColumnName, nameof(options.QuantilesColumnName)), (options.GroupColumnName, nameof(options.GroupColumnName)),
        (options.InSampleColumnName, nameof(options.InSampleColumnName)),
        (options.HistoryValueColumnName, nameof(options.HistoryValueColumnName)),
    ];

    private static void CheckRequired(string? name, string setting, Problems problems)
        => problems.AddIf(string.IsNullOrEmpty(name), $"{setting} is empty: name a column of the data.");

    private static void CheckIntervals(ForecastEvaluationOptions options, Problems problems)
    {
        problems.AddIf(options.LowerBoundColumnName is null != options.UpperBoundColumnName is null,
            $"LowerBoundColumnName is '{options.LowerBoundColumnName}' and UpperBoundColumnName '{options.UpperBoundColumnName}': give both "
                + "columns, or none.");
        QuantileLevels.CheckConfidence(options.ConfidenceLevel, problems);
        QuantileLevels.Check(nameof(options.Quantiles), options.Levels, problems);
        problems.AddIf(options.QuantilesColumnName is null && options.Levels.Length > 0,
            "Quantiles are given, but there is no QuantilesColumnName: name the column that holds them.");
    }

    private static void CheckInSample(ForecastEvaluationOptions options, Problems problems)
    {
        problems.AddIf(options.InSampleColumnName is not null && options.History is not null,
            $"InSampleColumnName is '{options.InSampleColumnName}' and History is given, too: the in-sample part comes from one of them.");
        problems.AddIf(options.History is null && options.HistoryValueColumnName is not null,
            $"HistoryValueColumnName is '{options.HistoryValueColumnName}', but there is no History: give the rows that were trained on.");
        problems.AddIf(options.History is not null && options.HistoryValueColumnName is null,
            "History is given, but no HistoryValueColumnName: name its column of values.");
    }
}
