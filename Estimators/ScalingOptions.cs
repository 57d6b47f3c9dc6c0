namespace MlNetRnn;

/// <summary>
/// How values are scaled inside the model, in its ONNX graph too: fitted on the training part only and undone in the output, so that
/// nothing has to be scaled outside. Immutable: change it by <c>with</c>.
/// </summary>
public sealed record ScalingOptions
{
    /// <summary>Whether each feature is brought to mean 0 and standard deviation 1. Default: true.</summary>
    public bool StandardizeFeatures { get; init; } = true;

    /// <summary>Whether the target is brought to mean 0 and standard deviation 1. Default: true.</summary>
    public bool StandardizeTarget { get; init; } = true;

    /// <summary>
    /// Whether the network sees each window relative to its last step and predicts the change from there, which suits series
    /// without a fixed level, such as prices. The output is the level again. Default: false.
    /// </summary>
    public bool Difference { get; init; }

    /// <summary>
    /// With <see cref="Difference"/>: which of a step's features is the one predicted, counted from 0. Null (default) takes what the
    /// windowing step recorded, or the only feature.
    /// </summary>
    public int? TargetFeature { get; init; }
}
