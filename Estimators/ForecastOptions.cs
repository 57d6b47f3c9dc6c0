using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>
/// What a forecasting model predicts, of which columns, and in which units it works. Immutable: change it by <c>with</c>. The network and its
/// training are <see cref="RecurrentOptions"/>.
/// </summary>
public sealed record ForecastOptions
{
    /// <summary>The column of forecasts that the model adds: <c>Vector&lt;Single, horizon&gt;</c>, or <c>Vector&lt;Single, horizon, targets&gt;</c>. Default: Forecast.</summary>
    public string OutputColumnName { get; init; } = "Forecast";

    /// <summary>
    /// The column of windows, <c>Vector&lt;Single, steps, features&gt;</c> of known size, as <c>SlidingWindow</c> makes it. Steps that are NaN in
    /// every value, before the others, are padding. Default: Window.
    /// </summary>
    public string InputColumnName { get; init; } = "Window";

    /// <summary>
    /// The next values: <c>Vector&lt;Single, horizon&gt;</c>, <c>Vector&lt;Single, horizon, targets&gt;</c>, or a <c>Single</c> for a horizon of 1;
    /// what is NaN is not trained on. Default: Label.
    /// </summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// A column of values that are known ahead, <c>Vector&lt;Single, horizon, values&gt;</c>, as <c>SlidingWindow</c> makes it of
    /// <see cref="SlidingWindowOptions.FutureColumns"/>: the network reads them beside the window. Null (default) for none.
    /// </summary>
    public string? FutureColumnName { get; init; }

    /// <summary>
    /// Columns that do not change within a series: a <c>Single</c>, a vector of them, or a key, which has an embedding (Guo and Berkhahn,
    /// 2016). The network reads them beside the window. Default: none.
    /// </summary>
    public ImmutableArray<string> StaticColumnNames { get; init; } = [];

    /// <summary>
    /// The column of location and scale of each row's series, <c>Vector&lt;Single, 2&gt;</c>, the scale above 0, as
    /// <c>ml.Transforms.SeriesScale</c> makes it: for <see cref="WindowNormalization.Series"/>. Null (default) with any other.
    /// </summary>
    public string? SeriesScaleColumnName { get; init; }

    /// <summary>What is said of each value to come. Default: <see cref="ForecastDistribution.Mean"/>.</summary>
    public ForecastDistribution Distribution { get; init; }

    /// <summary>
    /// The levels of quantiles to give in <see cref="QuantilesColumnName"/>, ascending, each between 0 and 1. Default: 0.1, 0.2, … 0.9.
    /// </summary>
    public ImmutableArray<double> Quantiles { get; init; } = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <summary>
    /// A column that the model adds: <c>Vector&lt;Single, horizon, quantiles&gt;</c> (of several targets <c>[horizon, targets × quantiles]</c>, the
    /// quantiles of a target side by side). Null (default) for none. Needs a distribution that has quantiles.
    /// </summary>
    public string? QuantilesColumnName { get; init; }

    /// <summary>A column that the model adds, of the forecast's type: the lower end of the interval. Null (default) for none.</summary>
    public string? ConfidenceLowerBoundColumn { get; init; }

    /// <summary>A column that the model adds, of the forecast's type: the upper end of the interval. Null (default) for none.</summary>
    public string? ConfidenceUpperBoundColumn { get; init; }

    /// <summary>The share of values that are to lie between the bounds, between 0 and 1. Default: 0.95.</summary>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>
    /// Whether the bounds are moved, step by step of the horizon, by what the errors on the validation part ask for, so that the share of
    /// values between them is that of <see cref="ConfidenceLevel"/> (conformalised quantile regression: Romano, Patterson and Candès, 2019).
    /// Bounds of <see cref="ForecastDistribution.Mean"/> and <see cref="ForecastDistribution.Median"/> come of it alone. Default: true.
    /// </summary>
    public bool ConformalCalibration { get; init; } = true;

    /// <summary>
    /// How the network comes to the steps of the horizon. Default: <see cref="ForecastDecoder.Direct"/>. The training loss of
    /// <see cref="ForecastDecoder.EncoderDecoder"/> is measured where each step reads the true value before it, that of
    /// <see cref="ForecastDecoder.Recursive"/> on the first step; the validation loss of both on whole forecasts.
    /// </summary>
    public ForecastDecoder Decoder { get; init; }

    /// <summary>
    /// How each window's targets are scaled by the window itself, so that one model serves series of any level and size. Other features are
    /// scaled alike in all windows, by <see cref="RecurrentOptions.Scaling"/>. Default: none.
    /// </summary>
    public WindowNormalization Normalization { get; init; }

    /// <summary>
    /// Steps of a season: the network predicts the change from the same step of the window's last season (seasonal differencing), so that
    /// where it learns nothing it is the seasonal naive forecast. 0 (default): not. Needs <see cref="Normalization"/> and a window of a season
    /// at least.
    /// </summary>
    public int SeasonLength { get; init; }

    /// <summary>
    /// Whether a linear map from the window's values to the horizon's, the same for all targets, is trained beside the network and added to it
    /// (the autoregressive part of LSTNet: Lai et al., 2018). Default: false.
    /// </summary>
    public bool LinearHighway { get; init; }

    /// <summary>Whether bounds are asked for.</summary>
    internal bool HasBounds => ConfidenceLowerBoundColumn is not null || ConfidenceUpperBoundColumn is not null;

    /// <summary>Whether the network reads windows of just so many steps, rather than sequences of any length.</summary>
    internal bool ReadsWholeWindow => Normalization != WindowNormalization.None || LinearHighway || HasCovariates || Decoder != ForecastDecoder.Direct;

    /// <summary>Whether columns beside the window are read.</summary>
    internal bool HasCovariates => FutureColumnName is not null || SeriesScaleColumnName is not null || StaticColumnNames.Length > 0;
}
