using Microsoft.ML;

namespace MlNetRnn;

/// <summary>How <see cref="ForecastRowsExtensions.Forecast"/> goes on from a history. Immutable: change it by <c>with</c>.</summary>
public sealed record ForecastRowsOptions
{
    /// <summary>
    /// The model's column of forecasts: Vector&lt;Single, horizon&gt;, Vector&lt;Single, horizon, targets&gt;, or a Single for a horizon of
    /// 1. Default: Forecast.
    /// </summary>
    public string ForecastColumnName { get; init; } = "Forecast";

    /// <summary>
    /// The model's column of lower bounds, of the same size. Default: null, the column LowerBound where the model has one.
    /// </summary>
    public string? LowerBoundColumnName { get; init; }

    /// <summary>
    /// The model's column of upper bounds, of the same size. Default: null, the column UpperBound where the model has one.
    /// </summary>
    public string? UpperBoundColumnName { get; init; }

    /// <summary>
    /// The column of times that goes on in the result: DateTime, DateTimeOffset, TimeSpan or a number, increasing within each series.
    /// Default: null, that of the windows (<see cref="SlidingWindowOptions.TimeColumn"/>), if they have one.
    /// </summary>
    public string? TimeColumnName { get; init; }

    /// <summary>
    /// What is known of the rows after the history, for a model with <see cref="SlidingWindowOptions.FutureColumns"/>: the group column,
    /// the time column, and all columns that the future columns are made from; other columns are not looked at. Each series needs a row for
    /// each step of the horizon, in order; rows up to the end of its history, further rows and other series are passed over. Default:
    /// null.
    /// </summary>
    public IDataView? FutureRows { get; init; }

    /// <summary>What becomes of series that the model cannot forecast. Default: an error that names them.</summary>
    public MissingForecastPolicy MissingForecasts { get; init; }

    /// <summary>Ends the reading of long histories. Default: none.</summary>
    public CancellationToken CancellationToken { get; init; }
}
