using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>What baselines forecast besides the next values, and the season they know. Immutable: change it by <c>with</c>.</summary>
/// <remarks>
/// Bounds and quantiles are those of normal errors whose deviation follows from the errors that the method made one step ahead in the
/// window. Where a window has no such error (one value, one season) they are the forecast itself.
/// </remarks>
public sealed record BaselineOptions
{
    /// <summary>Steps in a season: 24 for hourly values with a daily pattern, 12 for monthly ones. Default: 1, none.</summary>
    public int SeasonLength { get; init; } = 1;

    /// <summary>
    /// The number of last values that the moving average is of. Default: 0, one season (<see cref="SeasonLength"/>; without a season that
    /// is the last value alone).
    /// </summary>
    public int MovingAverageLength { get; init; }

    /// <summary>The column of lower bounds, Vector&lt;Single, horizon&gt;. Default: null, no bounds.</summary>
    public string? ConfidenceLowerBoundColumn { get; init; }

    /// <summary>The column of upper bounds, Vector&lt;Single, horizon&gt;. Default: null, no bounds.</summary>
    public string? ConfidenceUpperBoundColumn { get; init; }

    /// <summary>The share of values that the bounds are to hold, between 0 and 1. Default: 0.95.</summary>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>The levels of the quantiles to forecast, each between 0 and 1. Default: none.</summary>
    public ImmutableArray<double> Quantiles { get; init; } = [];

    /// <summary>
    /// The column of quantiles, Vector&lt;Single, horizon, levels&gt;, which carries their levels as annotation; made where
    /// <see cref="Quantiles"/> are given. Default: Quantiles.
    /// </summary>
    public string QuantilesColumnName { get; init; } = "Quantiles";
}
