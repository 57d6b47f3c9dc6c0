namespace MlNetRnn;

/// <summary>How a forecasting network comes from a window to the steps of the horizon.</summary>
public enum ForecastDecoder
{
    /// <summary>All steps at once, by one layer (direct multi-step forecasting).</summary>
    Direct,
}
