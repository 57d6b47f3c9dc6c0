using System.Collections.Immutable;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>How good a model's forecasts were from several origins, beside those of the baselines.</summary>
public sealed record BacktestResult
{
    private readonly ImmutableDictionary<string, IDataView> _forecasts;

    internal BacktestResult(ImmutableDictionary<string, IDataView> forecasts) => _forecasts = forecasts;

    /// <summary>The number of rows after each origin that were forecast.</summary>
    public required int Horizon { get; init; }

    /// <summary>Steps in a season, of the scaled errors and of the baselines.</summary>
    public required int SeasonLength { get; init; }

    /// <summary>What the model is called.</summary>
    public required string ModelName { get; init; }

    /// <summary>The folds, the earliest origin first.</summary>
    public required ImmutableArray<BacktestFold> Folds { get; init; }

    /// <summary>How good the model's forecasts are, over all folds. The in-sample part of a forecast is its series up to the
    /// origin.</summary>
    public required ForecastingMetrics Metrics { get; init; }

    /// <summary>How good the baselines' forecasts of the same values are, by name, over all folds.</summary>
    public required ImmutableDictionary<string, ForecastingMetrics> Baselines { get; init; }

    /// <summary>The series that were left out of all folds or of some, and why.</summary>
    public required ImmutableArray<BacktestLeftOut> LeftOut { get; init; }

    /// <summary>
    /// Who wins: the name of the model or the baseline of the least MASE; of the least RMSE where a method has no MASE, as of constant
    /// series.
    /// </summary>
    public string Best => Ranking[0].Name;

    /// <summary>The baseline that is best by the same measure; null without baselines.</summary>
    public string? BestBaseline => Ranking.Select(method => method.Name).FirstOrDefault(name => name != ModelName);

    /// <summary>
    /// The model's forecasts: a row for each fold, series and step, with the columns Fold (Int32, from 1), the group column, OriginRow
    /// (Int64, the rows of the series up to the origin), Origin (the time of the last of them) and the time column where there is one, Step
    /// (Int32, from
    /// 1), Actual, Forecast, and LowerBound and UpperBound where the method has them (Single).
    /// </summary>
    public IDataView Forecasts => ForecastsOf(ModelName);

    /// <summary>The forecasts of the model or of a baseline, as <see cref="Forecasts"/>.</summary>
    /// <param name="method">The name.</param>
    /// <returns>The forecasts.</returns>
    /// <exception cref="ArgumentException">There is no method of that name.</exception>
    public IDataView ForecastsOf(string method) => _forecasts.GetValueOrDefault(method ?? "") ?? throw new ArgumentException(
        $"There is no method '{method}'; there are: {ModelName}{string.Concat(Baselines.Keys.Order(StringComparer.Ordinal).Select(name => $", {name}"))}.",
        nameof(method));

    /// <summary>The methods, the best first.</summary>
    internal (string Name, ForecastingMetrics Metrics)[] Ranking
    {
        get
        {
            (string Name, ForecastingMetrics Metrics)[] all = [(ModelName, Metrics),
                .. Baselines.OrderBy(b => b.Key, StringComparer.Ordinal).Select(b => (b.Key, b.Value))];
            var isScaled = all.All(method => method.Metrics.MeanAbsoluteScaledError is not null);
            return [.. all.OrderBy(method => isScaled ? method.Metrics.MeanAbsoluteScaledError : method.Metrics.RootMeanSquaredError)];
        }
    }

    /// <summary>A table of the methods, the best first, and of the folds.</summary>
    /// <returns>The text, of several lines.</returns>
    public override string ToString() => BacktestText.Of(this);
}
