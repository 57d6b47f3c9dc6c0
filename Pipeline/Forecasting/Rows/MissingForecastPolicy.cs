namespace MlNetRnn;

/// <summary>
/// What becomes of series that a model cannot forecast: those with fewer rows than a window (unless windows are padded), and those whose
/// forecast is not a number, as where the last values are missing.
/// </summary>
public enum MissingForecastPolicy
{
    /// <summary>An error that names the series.</summary>
    Error,

    /// <summary>They are not in the result.</summary>
    LeaveOut,
}
