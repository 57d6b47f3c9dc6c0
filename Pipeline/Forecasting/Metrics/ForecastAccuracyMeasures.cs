namespace MlNetRnn;

/// <summary>
/// Measures of how good forecasts are, y for what came and f for what was forecast. A measure is null where what it needs was not given,
/// and where there is nothing to take it of: no label, a label or a scale that is zero in every value.
/// </summary>
/// <remarks>
/// Errors of percent and scaled errors compare series of different sizes. The scale of a series is the error of the seasonal naive forecast
/// in its in-sample part, the mean of |y[t] - y[t-m]| for a season of m steps. It is zero where that part repeats itself and unknown where
/// it is no longer than a season: such rows are left out of the scaled measures and counted
/// (<see cref="ForecastingMetrics.UnscaledRows"/>).
/// </remarks>
public abstract record ForecastAccuracyMeasures
{
    /// <summary>MAPE: the mean of 100 |y - f| / |y|, in percent, over values that are not zero.</summary>
    public double? MeanAbsolutePercentageError { get; init; }

    /// <summary>
    /// sMAPE: the mean of 200 |y - f| / (|y| + |f|), in percent, from 0 to 200, as the M4 competition has it; 0 where both are zero.
    /// </summary>
    public double? SymmetricMeanAbsolutePercentageError { get; init; }

    /// <summary>
    /// MASE: the mean of |y - f| over the scale (Hyndman and Koehler, 2006, Another look at measures of forecast accuracy). Below 1 it is
    /// better than the seasonal naive forecast one step ahead was in sample.
    /// </summary>
    public double? MeanAbsoluteScaledError { get; init; }

    /// <summary>
    /// RMSSE: the root of the mean of (y - f)² over the mean of (y[t] - y[t-m])² in sample (the M5 competition, with a season of 1).
    /// </summary>
    public double? RootMeanSquaredScaledError { get; init; }

    /// <summary>
    /// OWA: the mean of sMAPE over Naive2's sMAPE and MASE over Naive2's MASE (the M4 competition), over the values that have a scale.
    /// Naive2, the naive forecast of the seasonally adjusted series, is made from the in-sample part. Null also for a series with several
    /// rows of which <see cref="ForecastEvaluationOptions.History"/> tells the end of one only, and where Naive2 makes no error.
    /// </summary>
    public double? OverallWeightedAverage { get; init; }

    /// <summary>
    /// The mean over the levels q of 2 Σ pinball(q) / Σ |y|, where pinball is q (y - f) for y above the quantile f and (1 - q) (f - y) below
    /// (DeepAR; mean weighted quantile loss in GluonTS). Of one level 0.5 it is Σ |y - f| / Σ |y|.
    /// </summary>
    public double? WeightedQuantileLoss { get; init; }

    /// <summary>
    /// MSIS: the mean of the interval's width and 2/(1 - level) times what a value is outside of it, over the scale (Gneiting and Raftery,
    /// 2007, Strictly proper scoring rules; the M4 competition).
    /// </summary>
    public double? MeanScaledIntervalScore { get; init; }

    /// <summary>The share of values within [lower, upper], which is to be near the confidence level.</summary>
    public double? Coverage { get; init; }
}
