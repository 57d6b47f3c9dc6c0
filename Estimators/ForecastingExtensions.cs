using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Recurrent forecasting in <c>mlContext.Forecasting</c>.</summary>
public static class ForecastingExtensions
{
    /// <summary>Predicts several steps of a series at once (direct multi-step forecasting: one output per step of the horizon).</summary>
    /// <param name="catalog"><c>mlContext.Forecasting</c>.</param>
    /// <param name="outputColumnName">The column of forecasts that the model adds, <c>Vector&lt;Single, horizon&gt;</c>.</param>
    /// <param name="inputColumnName">The column of windows, <c>Vector&lt;Single, steps, features&gt;</c>, as <c>SlidingWindow</c> makes it.</param>
    /// <param name="labelColumnName">
    /// The next values, <c>Vector&lt;Single, horizon&gt;</c> (or a <c>Single</c> for a horizon of 1); steps where it is NaN are not trained on.
    /// </param>
    /// <param name="options">The network and its training; null for the defaults.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the message lists all that is wrong.</exception>
    public static RecurrentEstimator ForecastByRecurrent(
        this ForecastingCatalog catalog, string outputColumnName = "Forecast", string inputColumnName = "Window", string labelColumnName = "Label",
        RecurrentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        return new(catalog.Trainers.GetEnvironment(), new ForecastingTask(new() { OutputColumnName = outputColumnName }), labelColumnName, inputColumnName, options ?? new());
    }

    /// <summary>
    /// Predicts several steps of one series or many: values, quantiles or distributions, with bounds, in units of each window's own where asked
    /// for.
    /// </summary>
    /// <param name="catalog"><c>mlContext.Forecasting</c>.</param>
    /// <param name="forecast">What is predicted, of which columns.</param>
    /// <param name="options">The network and its training; null for the defaults.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the message lists all that is wrong.</exception>
    public static RecurrentEstimator ForecastByRecurrent(
        this ForecastingCatalog catalog, ForecastOptions forecast, RecurrentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(forecast);
        return new(catalog.Trainers.GetEnvironment(), new ForecastingTask(forecast), forecast.LabelColumnName, forecast.InputColumnName, options ?? new());
    }
}
