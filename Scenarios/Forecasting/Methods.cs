using Microsoft.ML;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>A model and the baselines on the same origins.</summary>
internal static class Methods
{
    /// <summary>What any model is held beside, from all values up to the origin.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="season">Steps in a season.</param>
    /// <param name="horizon">Steps ahead.</param>
    /// <param name="origins">The origins.</param>
    /// <param name="history">The column of values up to the origin.</param>
    public static IEnumerable<Scored> Baselines(MLContext ml, int season, int horizon, IDataView origins, string history = Columns.History)
    {
        var options = new BaselineOptions
        {
            SeasonLength = season,
            MovingAverageLength = MovingAverageLength(season, horizon),
            ConfidenceLowerBoundColumn = Columns.LowerBound,
            ConfidenceUpperBoundColumn = Columns.UpperBound,
            Quantiles = Recipe.Quantiles,
            QuantilesColumnName = Columns.Quantiles,
        };
        var all = ml.Forecasting;
        (string Name, ForecastBaselineEstimator Estimator)[] methods =
        [
            ("naive", all.ForecastByNaive(Columns.Forecast, history, Columns.Label, options)),
            ("seasonal naive", all.ForecastBySeasonalNaive(Columns.Forecast, history, Columns.Label, options)),
            ("drift", all.ForecastByDrift(Columns.Forecast, history, Columns.Label, options)),
            ("moving average", all.ForecastByMovingAverage(Columns.Forecast, history, Columns.Label, options)),
            ("theta", all.ForecastByTheta(Columns.Forecast, history, Columns.Label, options)),
            ("naive2", all.ForecastByNaive2(Columns.Forecast, history, Columns.Label, options)),
        ];
        var evaluation = Evaluation(season, history);
        foreach (var (name, estimator) in methods.Where(m => season > 1 || m.Name is not ("seasonal naive" or "naive2")))
            yield return Scored.By(ml, name, estimator.Fit(origins), origins, evaluation);
    }

    /// <summary>What a method of a backtest is called beside those of the test part; a model's name stays.</summary>
    public static string NameOf(string method) => method switch
    {
        nameof(BacktestBaselines.Naive) => "naive",
        nameof(BacktestBaselines.SeasonalNaive) => "seasonal naive",
        nameof(BacktestBaselines.Drift) => "drift",
        nameof(BacktestBaselines.MovingAverage) => "moving average",
        nameof(BacktestBaselines.Theta) => "theta",
        _ => method,
    };

    /// <summary>The last values that the moving average is of: a season, or where there is none as many as are forecast.</summary>
    public static int MovingAverageLength(int season, int horizon) => season > 1 ? season : horizon;

    /// <summary>How forecasts of origins are evaluated.</summary>
    public static ForecastEvaluationOptions Evaluation(int season, string history = Columns.History) => new()
    {
        LabelColumnName = Columns.Label,
        ForecastColumnName = Columns.Forecast,
        LowerBoundColumnName = Columns.LowerBound,
        UpperBoundColumnName = Columns.UpperBound,
        QuantilesColumnName = Columns.Quantiles,
        Quantiles = Recipe.Quantiles,
        GroupColumnName = Columns.Series,
        SeasonLength = season,
        InSampleColumnName = history,
    };
}
