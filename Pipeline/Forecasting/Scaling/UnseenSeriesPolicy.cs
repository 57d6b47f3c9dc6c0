namespace MlNetRnn;

/// <summary>What becomes of rows of series that were not there at fitting.</summary>
public enum UnseenSeriesPolicy
{
    /// <summary>An error that names the series.</summary>
    Error,

    /// <summary>They have the location and scale of all values at fitting together.</summary>
    Pooled,
}
