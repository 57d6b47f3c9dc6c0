using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Everything from rows of series to an averaged model, as an estimator that a backtest fits at its origins.</summary>
internal sealed class SeriesEstimator(MLContext ml, ForecastData data, CommonValues common, CancellationToken cancellation) : IEstimator<ITransformer>
{
    public ITransformer Fit(IDataView input)
    {
        TimeSeries[] series = [.. Read(input)];
        TimeSeries[] training = [.. Recipe.Balanced(series)];
        var recipe = Recipe.For(data.Frequency, data.Horizon, [.. training.Select(s => s.Values.Length)], common.Epochs);
        var rows = Rows.Values(ml, training);
        var windows = ml.Transforms.SlidingWindow(recipe.Windows(data.Horizon)).Fit(rows).Transform(rows);
        var network = new EnsembleForecaster(ml, recipe, data.Season, common.Seed, cancellation: cancellation).Fit(windows, validation: null);
        return new TransformerChain<ITransformer>(ml.Transforms.SlidingWindow(recipe.Windows(data.Horizon) with { Stride = 1 }).Fit(input), network);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inputSchema; // nothing is appended to it

    private static IEnumerable<TimeSeries> Read(IDataView rows) =>
        rows.GetColumn<string>(Columns.Series).Zip(rows.GetColumn<float>(Columns.Value)).GroupBy(r => r.First, r => r.Second)
            .Select(group => new TimeSeries(group.Key, [.. group]));
}
