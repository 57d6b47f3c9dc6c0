namespace MlNetRnn;

/// <summary>The measures of one series or of one step ahead.</summary>
public sealed record ForecastMetricsRow : ForecastAccuracyMeasures
{
    /// <summary>The mean of |forecast - label|; null without a label.</summary>
    public double? MeanAbsoluteError { get; init; }

    /// <summary>The square root of the mean of (forecast - label)²; null without a label.</summary>
    public double? RootMeanSquaredError { get; init; }

    /// <summary>The number of labels that are known.</summary>
    public required long LabelledValues { get; init; }
}
