using Microsoft.ML;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Trains the recipe's networks on windows, one after the other, and averages them into one model.</summary>
internal sealed class EnsembleForecaster(
    MLContext ml, Recipe recipe, int season, int seed, IProgress<EpochMetrics>? progress = null, CancellationToken cancellation = default)
{
    /// <summary>The history of the first network, after it was trained.</summary>
    public IReadOnlyList<EpochMetrics> History { get; private set; } = [];

    /// <param name="windows">Windows to train on.</param>
    /// <param name="validation">Windows that validate; null holds out the latest of those.</param>
    public SequenceTransformer Fit(IDataView windows, IDataView? validation)
    {
        var networks = Recipe.Networks.Select((normalization, i) => Estimator(normalization, i).Fit(windows, validation)).ToArray();
        History = networks[0].History;
        return SequenceTransformer.Average(networks);
    }

    private RecurrentEstimator Estimator(WindowNormalization normalization, int network) =>
        ml.Forecasting.ForecastByRecurrent(Recipe.Forecast(normalization, season), recipe.Network(seed + (1000 * network), progress, cancellation));
}
