namespace MlNetRnn;

/// <summary>How a forecasting model scales each window by the window's own values, and undoes it in the forecast.</summary>
public enum WindowNormalization
{
    /// <summary>Not: all windows are scaled alike, by <see cref="ScalingSummary"/>.</summary>
    None,

    /// <summary>
    /// The window's mean is taken off, and what is left divided by its standard deviation (reversible instance normalisation: Kim et al., 2022).
    /// </summary>
    Standard,

    /// <summary>
    /// The window's last value is taken off (Zeng et al., 2023), and what is left divided by the window's standard deviation: forecasts begin
    /// where the series is.
    /// </summary>
    LastValue,

    /// <summary>
    /// The location of the window's series is taken off, and what is left divided by its scale, as a column beside the window tells them.
    /// </summary>
    Series,
}
