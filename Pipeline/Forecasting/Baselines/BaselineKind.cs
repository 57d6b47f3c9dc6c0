namespace MlNetRnn;

/// <summary>The methods that a model is to beat; saved by name.</summary>
internal enum BaselineKind
{
    Naive,
    SeasonalNaive,
    Drift,
    MovingAverage,
    Theta,
    Naive2,
}
