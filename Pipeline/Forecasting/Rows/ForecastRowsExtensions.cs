using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Forecasts beyond the data on fitted models.</summary>
public static class ForecastRowsExtensions
{
    /// <summary>
    /// Forecasts what follows a history: the next rows of each series, in a table with one row per series and step.
    /// </summary>
    /// <remarks>
    /// The history is read twice, at once: to find the end of each series, and to score the window that ends there. The result is in
    /// memory. Its rows are ordered by series, in the order in which the history has them, then by step:
    /// <list type="table">
    /// <listheader><term>Column</term><description>Values</description></listheader>
    /// <item><term>the group column</term><description>Which series it is, as in the history; where windows have
    /// <see cref="SlidingWindowOptions.GroupColumn"/>.</description></item>
    /// <item><term>the time column</term><description>When the step is. It goes on by the usual (median) step of the series' last 20 times;
    /// by months, quarters or years where all of them are on one day of the month (or its last day); by business days where rows are a day
    /// apart, gaps but no Saturday or Sunday among them. Times in <see cref="ForecastRowsOptions.FutureRows"/> go
    /// before.</description></item>
    /// <item><term>Step</term><description>Int32, 1 for the row after the history … horizon.</description></item>
    /// <item><term>Forecast</term><description>Single; of several targets Vector&lt;Single, targets&gt;.</description></item>
    /// <item><term>LowerBound, UpperBound, Quantiles</term><description>As Forecast, where the model has them; Quantiles is
    /// Vector&lt;Single, levels&gt;.</description></item>
    /// </list>
    /// </remarks>
    /// <example>
    /// <code>
    /// var pipeline = ml.Transforms.SlidingWindow("Window", ["Sales"], windowLength: 24, horizon: 12, groupColumnName: "Shop")
    ///     .Append(ml.Forecasting.ForecastByRecurrent());
    /// var next = pipeline.Fit(sales).Forecast(sales, new() { TimeColumnName = "Month" }); // Shop, Month, Step, Forecast
    /// </code>
    /// </example>
    /// <param name="model">A fitted or loaded chain: row-to-row steps, one <c>SlidingWindow</c>, and steps that make the forecast.</param>
    /// <param name="history">Rows as the model was fitted on, those of each series in order of time.</param>
    /// <param name="options">Columns, and what is known ahead; null for the defaults.</param>
    /// <returns>The forecasts.</returns>
    /// <exception cref="NotSupportedException">The model has no windowing step, two, or another step that is not row to row.</exception>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, or <see cref="ForecastRowsOptions.FutureRows"/> is
    /// needed and not given; the text says which.</exception>
    /// <exception cref="InvalidOperationException">The history has no rows, times that go back or repeat, or a series that cannot be
    /// forecast; or a series lacks rows that are known ahead. The text names the series.</exception>
    public static IDataView Forecast(this ITransformer model, IDataView history, ForecastRowsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(history);
        options ??= new();
        var parts = ForecastModel.Of(model);
        var forecasts = ForecastRows.Run(parts, history, FutureOf(parts, history.Schema, options), options);
        if (options.MissingForecasts == MissingForecastPolicy.Error)
            ForecastRows.CheckComplete(forecasts);
        return ForecastTable.Create(forecasts, parts.Window);
    }

    private static CompletedRows? FutureOf(ForecastModel model, DataViewSchema history, ForecastRowsOptions options)
    {
        if (!model.NeedsFuture)
            return null;
        string?[] prepared = [model.Window.GroupColumnName, options.TimeColumnName ?? model.Window.TimeColumnName, .. model.Window.FutureColumnNames];
        var needed = model.RawColumns(history, prepared.OfType<string>().Distinct());
        if (options.FutureRows is not { } rows)
            throw new ArgumentException($"Forecast: the model takes {string.Join(", ", model.Window.FutureColumnNames)} as known ahead. Give "
                + $"ForecastRowsOptions.FutureRows with {model.Horizon} rows after the history of each series, and the columns: "
                + $"{string.Join(", ", needed)}.");
        CheckColumns(rows.Schema, history, needed);
        return new(rows, history, needed);
    }

    private static void CheckColumns(DataViewSchema rows, DataViewSchema history, string[] needed)
    {
        var problems = new Problems();
        foreach (var name in needed)
        {
            if (rows.GetColumnOrNull(name) is not { } own)
                problems.Add($"FutureRows has no column '{name}', which is needed for what is known ahead; it has: "
                    + $"{string.Join(", ", rows.Select(column => column.Name))}.");
            else if (!own.Type.Equals(history[name].Type))
                problems.Add($"Column '{name}' is {own.Type} in FutureRows and {history[name].Type} in the history: give it the same type.");
        }
        problems.ThrowIfAny("Forecast");
    }
}
