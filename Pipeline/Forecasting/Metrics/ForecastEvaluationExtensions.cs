using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Evaluation of forecasts on <c>ml.Forecasting</c>.</summary>
public static class ForecastEvaluationExtensions
{
    /// <summary>Compares forecasts with labels, overall and for each step ahead.</summary>
    /// <remarks>
    /// Both columns are Single, Vector&lt;Single, horizon&gt; or Vector&lt;Single, horizon, targets&gt; of the same size; a step's errors are
    /// those of all its targets. NaN labels (a future that is not in the data)
    /// are skipped value by value.
    /// </remarks>
    /// <param name="catalog">The forecasting catalog, <c>ml.Forecasting</c>.</param>
    /// <param name="data">Scored data.</param>
    /// <param name="labelColumnName">What came: Single or Vector&lt;Single, horizon&gt;.</param>
    /// <param name="forecastColumnName">What was forecast: Single or Vector&lt;Single, horizon&gt;.</param>
    /// <returns>The errors.</returns>
    /// <exception cref="ArgumentException">A column is missing, not of Single, or the sizes differ.</exception>
    /// <exception cref="InvalidOperationException">No row has a label, a labelled row has a forecast that is not finite, or the
    /// sizes of a row differ.</exception>
    public static ForecastingMetrics Evaluate(this ForecastingCatalog catalog, IDataView data, string labelColumnName = "Label",
        string forecastColumnName = "Forecast")
        => catalog.Evaluate(data, new ForecastEvaluationOptions { LabelColumnName = labelColumnName, ForecastColumnName = forecastColumnName });

    /// <summary>
    /// Compares forecasts, intervals and quantiles with what came, overall, for each step ahead and for each series; see
    /// <see cref="ForecastEvaluationOptions"/> and <see cref="ForecastingMetrics"/>.
    /// </summary>
    /// <remarks>
    /// The data is read once. Memory grows with the number of series and of steps ahead, not with that of rows; of a
    /// <see cref="ForecastEvaluationOptions.History"/> 4 bytes are kept for each row until its series is met. NaN labels (a future that is
    /// not in the data) are skipped value by value.
    /// </remarks>
    /// <param name="catalog">The forecasting catalog, <c>ml.Forecasting</c>.</param>
    /// <param name="data">Scored data.</param>
    /// <param name="options">What to compare.</param>
    /// <returns>The errors.</returns>
    /// <exception cref="ArgumentException">An option is wrong, or a column is missing or has a wrong type or size; the text lists all
    /// problems.</exception>
    /// <exception cref="InvalidOperationException">No row has a label, a labelled row has a forecast, bound or quantile that is not finite, a
    /// lower bound is above the upper one, the sizes of a row differ, or a series is not in the history; the text names the row.</exception>
    public static ForecastingMetrics Evaluate(this ForecastingCatalog catalog, IDataView data, ForecastEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return new ForecastEvaluation(data.Schema, options).Read(data);
    }
}
