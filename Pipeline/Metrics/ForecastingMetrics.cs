using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>How far forecasts are from what came, over the rows and steps whose label is known.</summary>
public sealed record ForecastingMetrics
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
}
