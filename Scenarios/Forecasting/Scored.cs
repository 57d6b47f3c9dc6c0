using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Forecasts of a model or a baseline, and how good they are.</summary>
/// <param name="Name">What made them.</param>
/// <param name="Rows">Origins with forecasts.</param>
/// <param name="Metrics">How good they are.</param>
internal sealed record Scored(string Name, IDataView Rows, ForecastingMetrics Metrics)
{
    private static readonly string[] s_vectors = [Columns.History, Columns.Label, Columns.Forecast, Columns.LowerBound, Columns.UpperBound, Columns.Quantiles];

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

    /// <summary>What was forecast from each origin and what came, in the order of the rows. Each pass scores them anew.</summary>
    public IEnumerable<SeriesForecast> Forecasts()
    {
        using var cursor = Rows.GetRowCursor([Rows.Schema[Columns.Series], .. s_vectors.Select(name => Rows.Schema[name])]);
        var getSeries = cursor.GetGetter<ReadOnlyMemory<char>>(Rows.Schema[Columns.Series]);
        var getters = s_vectors.Select(name => cursor.GetGetter<VBuffer<float>>(Rows.Schema[name])).ToArray();
        double[] levels = [.. Recipe.Quantiles];
        while (cursor.MoveNext())
        {
            var id = default(ReadOnlyMemory<char>);
            getSeries(ref id);
            float[][] values = [.. getters.Select(Values)];
            yield return new(id.ToString(), values[0], values[2]) { Actual = values[1], Lower = values[3], Upper = values[4], Quantiles = values[5], Levels = levels };
        }
    }

    private static float[] Values(ValueGetter<VBuffer<float>> getter)
    {
        var buffer = default(VBuffer<float>);
        getter(ref buffer);
        return [.. buffer.DenseValues()];
    }
}
