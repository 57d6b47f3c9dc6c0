using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Methods without training in <c>mlContext.Forecasting</c>, with the interface of a model: what a model cannot beat, it has not learned.
/// They forecast each window by itself, from all of its values (Hyndman and Athanasopoulos, Forecasting: principles and practice).
/// </summary>
public static class ForecastBaselineExtensions
{
    /// <summary>Forecasts the last value of each window.</summary>
    /// <remarks>Errors are those of a random walk: their deviation grows with the root of the step.</remarks>
    /// <param name="catalog"><c>mlContext.Forecasting</c>.</param>
    /// <param name="outputColumnName">The column of forecasts, <c>Vector&lt;Single, horizon&gt;</c>.</param>
    /// <param name="inputColumnName">The window column of one feature, <c>Vector&lt;Single, steps&gt;</c> or <c>Vector&lt;Single, steps, 1&gt;</c>.</param>
    /// <param name="labelColumnName">The next values, whose size is the horizon.</param>
    /// <param name="options">The season, bounds and quantiles; null for the defaults.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the text lists all problems.</exception>
    public static ForecastBaselineEstimator ForecastByNaive(this ForecastingCatalog catalog, string outputColumnName = "Forecast",
        string inputColumnName = "Window", string labelColumnName = "Label", BaselineOptions? options = null)
        => Create(catalog, BaselineKind.Naive, outputColumnName, inputColumnName, labelColumnName, options);

    /// <summary>Forecasts the value of the same step one season before.</summary>
    /// <remarks>
    /// For a window shorter than a season, and without <see cref="BaselineOptions.SeasonLength"/>, it is the naive forecast. The deviation
    /// of errors grows with the root of the number of seasons begun.
    /// </remarks>
    /// <inheritdoc cref="ForecastByNaive" path="/param"/>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the text lists all problems.</exception>
    public static ForecastBaselineEstimator ForecastBySeasonalNaive(this ForecastingCatalog catalog, string outputColumnName = "Forecast",
        string inputColumnName = "Window", string labelColumnName = "Label", BaselineOptions? options = null)
        => Create(catalog, BaselineKind.SeasonalNaive, outputColumnName, inputColumnName, labelColumnName, options);

    /// <summary>Forecasts by the line through the first and the last value of each window.</summary>
    /// <remarks>The deviation of errors is that of a random walk with drift, sigma √(h (1 + h/(n-1))) at step h after n values.</remarks>
    /// <inheritdoc cref="ForecastByNaive" path="/param"/>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the text lists all problems.</exception>
    public static ForecastBaselineEstimator ForecastByDrift(this ForecastingCatalog catalog, string outputColumnName = "Forecast",
        string inputColumnName = "Window", string labelColumnName = "Label", BaselineOptions? options = null)
        => Create(catalog, BaselineKind.Drift, outputColumnName, inputColumnName, labelColumnName, options);

    /// <summary>Forecasts the mean of the last values, <see cref="BaselineOptions.MovingAverageLength"/> of them.</summary>
    /// <remarks>Of all values where a window has fewer. The deviation of errors is the same at every step.</remarks>
    /// <inheritdoc cref="ForecastByNaive" path="/param"/>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the text lists all problems.</exception>
    public static ForecastBaselineEstimator ForecastByMovingAverage(this ForecastingCatalog catalog, string outputColumnName = "Forecast",
        string inputColumnName = "Window", string labelColumnName = "Label", BaselineOptions? options = null)
        => Create(catalog, BaselineKind.MovingAverage, outputColumnName, inputColumnName, labelColumnName, options);

    /// <summary>Forecasts by the Theta method on the seasonally adjusted window.</summary>
    /// <remarks>
    /// The mean of the linear trend and of simple exponential smoothing of twice the values less the trend (Assimakopoulos and
    /// Nikolopoulos, 2000, The theta model), as the M4 competition has it: where the autocorrelation one season back is significant at
    /// 90 %, seasonal indices by classical decomposition are taken out before and put back after, multiplicative ones where all values are
    /// positive, else additive ones. A window shorter than three seasons is not adjusted. Forecasts below zero become zero where no value
    /// is below. The deviation of errors is that of exponential smoothing, sigma √(1 + (h-1) alpha²) at step h, times the seasonal index.
    /// </remarks>
    /// <inheritdoc cref="ForecastByNaive" path="/param"/>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the text lists all problems.</exception>
    public static ForecastBaselineEstimator ForecastByTheta(this ForecastingCatalog catalog, string outputColumnName = "Forecast",
        string inputColumnName = "Window", string labelColumnName = "Label", BaselineOptions? options = null)
        => Create(catalog, BaselineKind.Theta, outputColumnName, inputColumnName, labelColumnName, options);

    /// <summary>Forecasts the last value of the seasonally adjusted window: the M4 competition's Naive2, to which its OWA is relative.</summary>
    /// <remarks>
    /// Adjusted as by <see cref="ForecastByTheta"/>; without a significant season, and for a window shorter than three seasons, it is the
    /// naive forecast.
    /// </remarks>
    /// <inheritdoc cref="ForecastByNaive" path="/param"/>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the text lists all problems.</exception>
    public static ForecastBaselineEstimator ForecastByNaive2(this ForecastingCatalog catalog, string outputColumnName = "Forecast",
        string inputColumnName = "Window", string labelColumnName = "Label", BaselineOptions? options = null)
        => Create(catalog, BaselineKind.Naive2, outputColumnName, inputColumnName, labelColumnName, options);

    private static ForecastBaselineEstimator Create(ForecastingCatalog catalog, BaselineKind kind, string outputColumnName,
        string inputColumnName, string labelColumnName, BaselineOptions? options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ForecastBaselineEstimator(catalog.Trainers.GetEnvironment(), kind, outputColumnName, inputColumnName, labelColumnName, options);
    }
}
