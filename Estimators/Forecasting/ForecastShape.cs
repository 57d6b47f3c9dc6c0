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

    /// <summary>Whether the network reads windows of just so many steps; else sequences of any length.</summary>
    public bool IsFixed => TargetFeatures.Length > 0;
}
