namespace MlNetRnn;

/// <summary>How <see cref="BacktestExtensions.Backtest"/> goes through the data. Immutable: change it by <c>with</c>.</summary>
public sealed record BacktestOptions
{
    /// <summary>
    /// The number of rows after each origin that are forecast, at most that of the model. Default: null, that of the
    /// <c>SlidingWindow</c> in the pipeline.
    /// </summary>
    public int? Horizon { get; init; }

    /// <summary>The number of origins, at least 1. Default: 5.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>The number of rows from one origin to the next, at least 1. Default: null, the horizon.</summary>
    public int? Step { get; init; }

    /// <summary>
    /// Whether the pipeline is fitted anew at each origin; else the model of the first origin forecasts from all of them. Default: true.
    /// </summary>
    public bool Refit { get; init; } = true;

    /// <summary>
    /// The column of the data that tells series apart; rows of groups may take turns. Default: null, that of the <c>SlidingWindow</c> in
    /// the pipeline, if it has one.
    /// </summary>
    public string? GroupColumnName { get; init; }

    /// <summary>
    /// The column of the data that tells when a row is, increasing within each series. Default: null, that of the <c>SlidingWindow</c> in
    /// the pipeline, if it has one; rows are taken to be in order.
    /// </summary>
    public string? TimeColumnName { get; init; }

    /// <summary>
    /// The column of the data that forecasts are compared with, a scalar number. Default: null, the target of the
    /// <c>SlidingWindow</c> in the pipeline.
    /// </summary>
    public string? ValueColumnName { get; init; }

    /// <summary>
    /// Steps in a season, of the scaled errors and of the baselines: 24 for hourly values with a daily pattern. Default: 1, none.
    /// </summary>
    public int SeasonLength { get; init; } = 1;

    /// <summary>The methods that are held beside the model. Default: all but Naive2.</summary>
    public BacktestBaselines Baselines { get; init; } = BacktestBaselines.Usual;

    /// <summary>The number of last values that the moving average is of. Default: 0, one season.</summary>
    public int MovingAverageLength { get; init; }

    /// <summary>The share of values that the bounds are to hold, between 0 and 1. Default: 0.95.</summary>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>The model's column of forecasts. Default: Forecast.</summary>
    public string ForecastColumnName { get; init; } = "Forecast";

    /// <summary>The model's column of lower bounds. Default: null, the column LowerBound where the model has one.</summary>
    public string? LowerBoundColumnName { get; init; }

    /// <summary>The model's column of upper bounds. Default: null, the column UpperBound where the model has one.</summary>
    public string? UpperBoundColumnName { get; init; }

    /// <summary>What results call the model. Default: Model.</summary>
    public string ModelName { get; init; } = "Model";

    /// <summary>
    /// How many folds are fitted at a time. More than one pays where a fit leaves cores idle, as a small network on one thread
    /// does, and takes the memory of as many fits. The result is the same as long as fits do not depend on each other: give trainers a
    /// seed. Default: 1.
    /// </summary>
    public int MaxParallelFits { get; init; } = 1;

    /// <summary>Told when a fold begins to fit, and when it is done; from several threads where folds run at a time. Default:
    /// null.</summary>
    public IProgress<BacktestProgress>? Progress { get; init; }

    /// <summary>Ends the backtest between fits and while rows are read; trainers have a token of their own. Default: none.</summary>
    public CancellationToken CancellationToken { get; init; }
}
