using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>How far forecasts are from what came, over the rows and steps whose label is known.</summary>
/// <remarks>
/// MAE, RMSE, the weighted quantile loss and coverage are over all values. The errors of percent and the scaled ones are, as in the M4
/// competition, means over the series of each series' mean; without a group column the data is one series. Those of a step are over all of
/// its values.
/// </remarks>
public sealed record ForecastingMetrics : ForecastAccuracyMeasures
{
    /// <summary>The mean of |forecast - label| over all labelled values.</summary>
    public required double MeanAbsoluteError { get; init; }

    /// <summary>The square root of the mean of (forecast - label)² over all labelled values.</summary>
    public required double RootMeanSquaredError { get; init; }

    /// <summary>The mean absolute error of each step ahead, [horizon]; NaN for a step that no row has a label for.</summary>
    public required ImmutableArray<double> MeanAbsoluteErrorPerStep { get; init; }

    /// <summary>The root of the mean squared error of each step ahead, [horizon]; NaN for a step that no row has a label for.</summary>
    public required ImmutableArray<double> RootMeanSquaredErrorPerStep { get; init; }

    /// <summary>The number of rows with a label for at least one step.</summary>
    public required long LabelledRows { get; init; }

    /// <summary>The measures of each step ahead, [horizon].</summary>
    public ImmutableArray<ForecastMetricsRow> PerStep { get; init; } = [];

    /// <summary>The measures of each series by its name, in the order they come in; empty without a group column.</summary>
    public IReadOnlyDictionary<string, ForecastMetricsRow> PerSeries { get; init; } = ImmutableDictionary<string, ForecastMetricsRow>.Empty;

    /// <summary>The number of labels that are zero, which MAPE leaves out.</summary>
    public long ZeroLabels { get; init; }

    /// <summary>
    /// The number of labelled rows that the scaled measures leave out, because their in-sample part repeats itself (a constant series) or is
    /// no longer than a season; 0 where there is no in-sample part.
    /// </summary>
    public long UnscaledRows { get; init; }

    /// <summary>The number of series all of whose labelled rows are among the <see cref="UnscaledRows"/>.</summary>
    public int UnscaledSeries { get; init; }
}
