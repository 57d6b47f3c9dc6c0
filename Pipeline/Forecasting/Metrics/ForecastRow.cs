namespace MlNetRnn;

/// <summary>A row to be evaluated: what came and what was forecast.</summary>
internal readonly ref struct ForecastRow
{
    /// <summary>[steps, targets]; NaN where it is not known.</summary>
    public required ReadOnlySpan<float> Label { get; init; }

    /// <summary>[steps, targets]</summary>
    public required ReadOnlySpan<float> Forecast { get; init; }

    /// <summary>[steps, targets], or empty: no intervals.</summary>
    public ReadOnlySpan<float> Lower { get; init; }

    /// <summary>[steps, targets], or empty: no intervals.</summary>
    public ReadOnlySpan<float> Upper { get; init; }

    /// <summary>[steps, levels], or empty: none.</summary>
    public ReadOnlySpan<float> Quantiles { get; init; }

    /// <summary>The in-sample part, or null: no scaled errors.</summary>
    public InSample? InSample { get; init; }

    /// <summary>The same row with an in-sample part.</summary>
    public ForecastRow With(InSample? inSample) => new()
    {
        Label = Label,
        Forecast = Forecast,
        Lower = Lower,
        Upper = Upper,
        Quantiles = Quantiles,
        InSample = inSample,
    };
}
