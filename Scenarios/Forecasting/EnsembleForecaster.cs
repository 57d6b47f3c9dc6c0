using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Trains the recipe's networks on windows, one after the other, and averages them into one model.</summary>
internal sealed class EnsembleForecaster(
    MLContext ml, Recipe recipe, int season, int seed, IProgress<EpochMetrics>? progress = null, CancellationToken cancellation = default)
    : IEstimator<SequenceTransformer>
{
    /// <summary>The history of the first network, after it was trained.</summary>
    public IReadOnlyList<EpochMetrics> History { get; private set; } = [];

    public SequenceTransformer Fit(IDataView input) => Fit(input, null);

    public SequenceTransformer Fit(IDataView input, IDataView? validation)
    {
        var networks = Recipe.Networks.Select((normalization, i) => Estimator(normalization, i).Fit(input, validation)).ToArray();
        History = networks[0].History;
        return SequenceTransformer.Average(networks);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Estimator(Recipe.Networks[0], 0).GetOutputSchema(inputSchema);

    private RecurrentEstimator Estimator(WindowNormalization normalization, int network) =>
        ml.Forecasting.ForecastByRecurrent(recipe.Forecast(normalization, season), recipe.Network(seed + (1000 * network), progress, cancellation));
}
