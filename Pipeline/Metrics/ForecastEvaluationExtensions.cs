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
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        var label = SingleColumn.Find(data.Schema, labelColumnName, "Label");
        var forecast = SingleColumn.Find(data.Schema, forecastColumnName, "Forecast");
        return ForecastErrors.Read(data, label, forecast).ToMetrics();
    }
}
