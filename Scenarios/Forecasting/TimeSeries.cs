namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>A series.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Values">Its values, the oldest first.</param>
internal sealed record TimeSeries(string Id, float[] Values)
{
    /// <summary>The time of each value; null where it is not known.</summary>
    public DateTime[]? Times { get; init; }
}
