namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>The scaled error of each series in a backtest, of the model and of the baselines.</summary>
internal static class BacktestSeriesTable
{
    private const int Most = 50;

    /// <summary>A table; of many series the first.</summary>
    public static (string[] Headers, string[][] Rows) Of(BacktestResult backtest)
    {
        string[] baselines = [.. backtest.Baselines.Keys.Order(StringComparer.Ordinal)];
        string Mase(ForecastingMetrics metrics, string series) => Error(metrics, series) is { } mase ? $"{mase:f3}" : "–";
        return (
            ["MASE by series", backtest.ModelName, .. baselines.Select(Methods.NameOf)],
            [.. backtest.Metrics.PerSeries.Keys.Take(Most).Select(s => (string[])[s, Mase(backtest.Metrics, s), .. baselines.Select(b => Mase(backtest.Baselines[b], s))])]);
    }

    /// <summary>For <c>report.json</c>: by series and method.</summary>
    public static Dictionary<string, IReadOnlyDictionary<string, double>> Numbers(BacktestResult backtest)
    {
        var methods = backtest.Baselines.Select(b => (Methods.NameOf(b.Key), b.Value)).Prepend((backtest.ModelName, backtest.Metrics)).ToArray();
        return backtest.Metrics.PerSeries.Keys.ToDictionary(s => s, s => (IReadOnlyDictionary<string, double>)methods
            .Where(m => Error(m.Item2, s) is not null).ToDictionary(m => m.Item1, m => Error(m.Item2, s)!.Value));
    }

    private static double? Error(ForecastingMetrics metrics, string series) => metrics.PerSeries.GetValueOrDefault(series)?.MeanAbsoluteScaledError;
}
