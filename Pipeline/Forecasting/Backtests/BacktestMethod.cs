namespace MlNetRnn;

/// <summary>A method of a backtest, the model or a baseline: its forecasts and their errors.</summary>
/// <param name="name">Its name.</param>
/// <param name="horizon">The number of steps ahead.</param>
/// <param name="confidenceLevel">That of the bounds.</param>
/// <param name="levels">Those of the quantiles.</param>
internal sealed class BacktestMethod(string name, int horizon, double confidenceLevel, double[] levels)
{
    private readonly ForecastErrorSums _all = new(horizon, 1, confidenceLevel, levels);
    private ForecastErrorSums _fold = new(horizon, 1, confidenceLevel, levels);

    public string Name => name;

    /// <summary>By origin: the forecasts, [horizon].</summary>
    public List<float[]> Forecasts { get; } = [];

    /// <summary>By origin: lower and upper bounds, [horizon] each; empty where there are none.</summary>
    public List<(float[] Lower, float[] Upper)> Bounds { get; } = [];

    /// <summary>Adds the forecasts from one origin.</summary>
    public void Add(int series, in ForecastRow row)
    {
        Forecasts.Add(row.Forecast.ToArray());
        Bounds.Add((row.Lower.ToArray(), row.Upper.ToArray()));
        if (!ForecastRowCheck.HasLabel(row, _all, Forecasts.Count))
            return;
        _all.Add(series, row);
        _fold.Add(series, row);
    }

    /// <summary>The errors of the origins that were added since the last call.</summary>
    public ForecastingMetrics EndFold(IReadOnlyList<string>? names)
    {
        var metrics = _fold.ToMetrics(names);
        _fold = new(horizon, 1, confidenceLevel, levels);
        return metrics;
    }

    /// <summary>The errors of all origins.</summary>
    public ForecastingMetrics All(IReadOnlyList<string>? names) => _all.ToMetrics(names);
}
