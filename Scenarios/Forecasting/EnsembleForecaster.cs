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
        var few = validation is null ? FewWindows.Of(windows, recipe.Stride, Network(0).Training.ValidationFraction) : FewWindows.None;
        var networks = Recipe.Networks.Select((network, i) =>
            ml.Forecasting.ForecastByRecurrent(few.Fit(recipe.Forecast(network, season)), few.Fit(Network(i))).Fit(windows, validation)).ToArray();
        History = networks[0].History;
        return SequenceTransformer.Average(networks);
    }

    private RecurrentOptions Network(int number) => recipe.Network(seed + (1000 * number), progress, cancellation);
}
