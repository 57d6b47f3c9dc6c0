namespace MlNetRnn;

/// <summary>What the in-sample part of a row or series gives to its errors: a scale, and the Naive2 forecast that the OWA compares with.</summary>
internal sealed class InSample
{
    /// <summary>By which errors are divided.</summary>
    public InSampleScale Scale { get; private set; }

    /// <summary>Naive2's forecasts, [horizon].</summary>
    public float[] Naive2 { get; private set; } = [];

    /// <summary>Whether it is that of a series, of which it ends where the forecast of one row begins, or that of each row.</summary>
    public bool IsOfSeries { get; init; }

    /// <summary>Takes in the values of a series, oldest first; reuses its memory.</summary>
    /// <param name="values">The in-sample part; leading NaN is left out.</param>
    /// <param name="seasonLength">Steps in a season.</param>
    /// <param name="horizon">The number of steps ahead.</param>
    /// <param name="naive2">A Naive2 of that season.</param>
    public void Set(ReadOnlySpan<float> values, int seasonLength, int horizon, ForecastBaseline naive2)
    {
        Scale = InSampleScale.Of(values, seasonLength);
        if (Naive2.Length != horizon)
            Naive2 = new float[horizon];
        if (Scale.IsUsable) // else it is compared with nothing
            naive2.Forecast(values, Naive2);
    }
}
