namespace MlNetRnn;

/// <summary>What a forecasting network has beyond recurrent layers.</summary>
/// <param name="Steps">Steps of a window.</param>
/// <param name="Horizon">Steps ahead.</param>
/// <param name="TargetFeatures">For each target the feature of a step that it is; empty where that is not needed.</param>
/// <param name="Parameters">Values that it gives for each value to come; the highway adds to the first.</param>
/// <param name="Masked">Whether windows begin with steps of NaN where they are padded, which is read beside the features.</param>
/// <param name="LinearHighway">Whether a linear map from the window to the horizon is added.</param>
internal sealed record ForecastShape(int Steps, int Horizon, int[] TargetFeatures, int Parameters, bool Masked, bool LinearHighway)
{
    /// <summary>Columns beside the window; null where there are none.</summary>
    public Covariates? Covariates { get; init; }

    /// <summary>How the network comes to the steps of the horizon.</summary>
    public ForecastDecoder Decoder { get; init; }

    /// <summary>Steps of a season whose last values labels are measured from; 0 for none.</summary>
    public int Season { get; init; }

    /// <summary>How windows are scaled by their own values.</summary>
    public WindowNormalization Normalization { get; init; }

    /// <summary>Where windows are taken relative to their last step, the mean of each feature in its scale; else null.</summary>
    public float[]? Differenced { get; init; }

    /// <summary>What brings targets among a step's features into the units of labels; null where those are the same.</summary>
    public LabelUnits? LabelUnits { get; init; }

    /// <summary>Whether the network reads windows of just so many steps; else sequences of any length.</summary>
    public bool IsFixed => TargetFeatures.Length > 0;

    /// <summary>The same for data in a scaler's units.</summary>
    public ForecastShape In(Scaler scaler) => !IsFixed ? this : this with
    {
        LabelUnits = LabelUnits.Of(scaler, TargetFeatures),
        Differenced = scaler.DifferencedFeatures is null ? null : [.. scaler.FeatureMeans.Zip(scaler.FeatureScales, (mean, scale) => mean / scale)],
    };
}
