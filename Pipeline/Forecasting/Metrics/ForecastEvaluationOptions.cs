using System.Collections.Immutable;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// What <see cref="ForecastEvaluationExtensions.Evaluate(ForecastingCatalog, IDataView, ForecastEvaluationOptions)"/> compares, and with what.
/// Immutable: change it by <c>with</c>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Metrics</term><description>What they need</description></listheader>
/// <item><term>MAE, RMSE, MAPE, sMAPE</term><description>Label and forecast.</description></item>
/// <item><term>MASE, RMSSE, OWA</term><description>The in-sample part of each series: <see cref="InSampleColumnName"/> or
/// <see cref="History"/>, and <see cref="SeasonLength"/>.</description></item>
/// <item><term>Coverage</term><description><see cref="LowerBoundColumnName"/> and <see cref="UpperBoundColumnName"/>.</description></item>
/// <item><term>MSIS</term><description>The bounds and the in-sample part.</description></item>
/// <item><term>Weighted quantile loss</term><description><see cref="QuantilesColumnName"/>.</description></item>
/// <item><term>Metrics of each series</term><description><see cref="GroupColumnName"/>.</description></item>
/// </list>
/// </remarks>
public sealed record ForecastEvaluationOptions
{
    /// <summary>What came: Single, Vector&lt;Single, horizon&gt; or Vector&lt;Single, horizon, targets&gt;. Default: Label.</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>What was forecast, of the label's size. Default: Forecast.</summary>
    public string ForecastColumnName { get; init; } = "Forecast";

    /// <summary>The lower bounds of the forecasts, of the label's size. Default: null, no intervals are evaluated.</summary>
    public string? LowerBoundColumnName { get; init; }

    /// <summary>The upper bounds of the forecasts, of the label's size. Default: null, no intervals are evaluated.</summary>
    public string? UpperBoundColumnName { get; init; }

    /// <summary>The share of values that the bounds are to hold, between 0 and 1. Default: 0.95.</summary>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>Quantiles of the forecasts, Vector&lt;Single, horizon, levels&gt;. Default: null, none are evaluated.</summary>
    public string? QuantilesColumnName { get; init; }

    /// <summary>
    /// The levels of <see cref="QuantilesColumnName"/>, each between 0 and 1, in the column's order. Default: empty, the levels that the
    /// model wrote on the column.
    /// </summary>
    public ImmutableArray<double> Quantiles { get; init; } = [];

    /// <summary>The column that tells series apart (text, key, number, …). Default: null, the data is one series.</summary>
    public string? GroupColumnName { get; init; }

    /// <summary>
    /// Steps in a season, of which MASE, RMSSE, MSIS and the OWA's Naive2 are: 24 for hourly values with a daily pattern. Default: 1, none.
    /// </summary>
    public int SeasonLength { get; init; } = 1;

    /// <summary>
    /// The in-sample part of each row: a window column of one feature whose values end where the forecast begins, as <c>SlidingWindow</c>
    /// makes it; leading NaN (padding) is left out. Default: null.
    /// </summary>
    public string? InSampleColumnName { get; init; }

    /// <summary>
    /// Or the in-sample part of each series: the rows that it was trained on, in order of time, up to where the forecast begins;
    /// <see cref="GroupColumnName"/> tells series apart here, too. It is read once; 4 bytes a row are kept until its series is met. Default:
    /// null.
    /// </summary>
    public IDataView? History { get; init; }

    /// <summary>The column of values of <see cref="History"/>, a Single. Default: null.</summary>
    public string? HistoryValueColumnName { get; init; }

    internal ImmutableArray<double> Levels => Quantiles.IsDefault ? [] : Quantiles;
}
