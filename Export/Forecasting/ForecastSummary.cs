using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>How a forecasting model is made, beyond its layers.</summary>
/// <param name="Horizon">Steps ahead.</param>
/// <param name="Targets">Values per step.</param>
/// <param name="Distribution">What is said of each value.</param>
/// <param name="Decoder">How the steps come about.</param>
public sealed record ForecastSummary(int Horizon, int Targets, ForecastDistribution Distribution, ForecastDecoder Decoder)
{
    /// <summary>How each window is scaled by its own values.</summary>
    public WindowNormalization Normalization { get; init; }

    /// <summary>Steps of a season, whose last values forecasts are taken relative to; 0 for none.</summary>
    public int SeasonLength { get; init; }

    /// <summary>Whether a linear map from the window to the horizon runs beside the network.</summary>
    public bool LinearHighway { get; init; }

    /// <summary>Whether the network reads which steps of a window are padding.</summary>
    public bool Masked { get; init; }

    /// <summary>For each target the feature of a step that it is; empty where the network does not need it.</summary>
    public ImmutableArray<int> TargetFeatures
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>
    /// Columns beside the window. The graph's input is then <c>[batch, 1, values]</c>: the window's values, oldest step first, and behind them
    /// the values of these columns, in their order. Empty where there are none.
    /// </summary>
    public ImmutableArray<CovariateSummary> Covariates
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>Steps of a window, and values of a step, where covariates stand beside it; else null.</summary>
    public WindowSize? Window { get; init; }

    /// <summary>Mean of each value of the covariates; 0 for keys.</summary>
    public ImmutableArray<float> CovariateMeans
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>Divisor of each value of the covariates; 1 for keys.</summary>
    public ImmutableArray<float> CovariateScales
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>The output of quantiles, <c>[horizon, targets × quantiles]</c>; null for none.</summary>
    public string? QuantilesColumnName { get; init; }

    /// <summary>The levels of that output, ascending.</summary>
    public ImmutableArray<double> Quantiles
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>All levels that the network gives, ascending: those, the bounds' and the median; empty where it gives one number.</summary>
    public ImmutableArray<double> Levels
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>The share of values that are to lie between the bounds; null without bounds.</summary>
    public double? ConfidenceLevel { get; init; }

    /// <summary>
    /// What conformal calibration moves the bounds outward by, in the network's units, <c>[horizon × targets]</c>; empty without it.
    /// </summary>
    public ImmutableArray<float> Calibration
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];
}

/// <summary>The size of a window.</summary>
/// <param name="Steps">Its steps.</param>
/// <param name="Features">Values of a step.</param>
public sealed record WindowSize(int Steps, int Features);
