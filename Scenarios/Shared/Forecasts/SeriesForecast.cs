namespace MlNetRnn.Scenarios;

/// <summary>A series, and what was forecast of its next steps.</summary>
/// <param name="Id">The series' name.</param>
/// <param name="History">Its values before the forecast, the oldest first.</param>
/// <param name="Forecast">The forecast, <c>[horizon]</c>.</param>
public sealed record SeriesForecast(string Id, float[] History, float[] Forecast)
{
    /// <summary>What came, <c>[horizon]</c>; NaN where it is not known. Null where nothing is.</summary>
    public float[]? Actual { get; init; }

    /// <summary>The lower ends of the intervals, <c>[horizon]</c>; null without intervals.</summary>
    public float[]? Lower { get; init; }

    /// <summary>The upper ends of the intervals, <c>[horizon]</c>.</summary>
    public float[]? Upper { get; init; }

    /// <summary>The share of values that the intervals are to hold.</summary>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>The levels of the quantiles, ascending.</summary>
    public double[] Levels { get; init; } = [];

    /// <summary>The quantiles, <c>[horizon, levels]</c>, flat; null without quantiles.</summary>
    public float[]? Quantiles { get; init; }

    /// <summary>The times of the forecast's steps; null where they are not known.</summary>
    public IReadOnlyList<DateTime>? Times { get; init; }
}
