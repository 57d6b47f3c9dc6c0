using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Forecasts of a model or a baseline, and how good they are.</summary>
/// <param name="Name">What made them.</param>
/// <param name="Rows">Origins with forecasts.</param>
/// <param name="Metrics">How good they are.</param>
internal sealed record Scored(string Name, IDataView Rows, ForecastingMetrics Metrics)
{
    /// <summary>Scores origins by a model.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="model">Adds forecasts, bounds and quantiles.</param>
    /// <param name="origins">The origins.</param>
    /// <param name="options">How forecasts are evaluated.</param>
    public static Scored By(MLContext ml, string name, ITransformer model, IDataView origins, ForecastEvaluationOptions options)
    {
        var rows = model.Transform(origins);
        return new(name, rows, ml.Forecasting.Evaluate(rows, options));
    }

    /// <summary>The series, what was forecast of each and what came, in the order of the rows.</summary>
    public IEnumerable<SeriesForecast> Series(IReadOnlyDictionary<string, TimeSeries>? series = null) =>
        Rows.GetColumn<string>(Columns.Series).Zip(Read().Select((r, i) => r)).Select(pair => Forecast(pair.First, pair.Second, series?.GetValueOrDefault(pair.First)));

    private IEnumerable<(float[] History, float[] Actual, float[] Forecast, float[] Lower, float[] Upper, float[] Quantiles)> Read()
    {
        using var histories = Rows.GetColumn<float[]>(Columns.History).GetEnumerator();
        using var actual = Rows.GetColumn<float[]>(Columns.Label).GetEnumerator();
        using var forecast = Rows.GetColumn<float[]>(Columns.Forecast).GetEnumerator();
        using var lower = Rows.GetColumn<float[]>(Columns.LowerBound).GetEnumerator();
        using var upper = Rows.GetColumn<float[]>(Columns.UpperBound).GetEnumerator();
        using var quantiles = Rows.GetColumn<float[]>(Columns.Quantiles).GetEnumerator();
        while (histories.MoveNext() && actual.MoveNext() && forecast.MoveNext() && lower.MoveNext() && upper.MoveNext() && quantiles.MoveNext())
            yield return (histories.Current, actual.Current, forecast.Current, lower.Current, upper.Current, quantiles.Current);
    }

    private static SeriesForecast Forecast(
        string id, (float[] History, float[] Actual, float[] Forecast, float[] Lower, float[] Upper, float[] Quantiles) row, TimeSeries? series) =>
        new(id, row.History, row.Forecast)
        {
            Actual = row.Actual,
            Lower = row.Lower,
            Upper = row.Upper,
            Levels = [.. Recipe.Quantiles],
            Quantiles = row.Quantiles,
            HistoryTimes = series?.Times,
            Times = series?.Times is { Length: > 1 } times ? NextTimes.After(times, row.Forecast.Length) : null,
        };
}
