namespace MlNetRnn;

/// <summary>
/// Another method on the seasonally adjusted series (<see cref="SeasonalIndices"/>), its forecasts with the season of the same steps: with
/// the naive method it is the M4 competition's Naive2, with <see cref="ThetaBaseline"/> its Theta.
/// </summary>
internal sealed class SeasonallyAdjustedBaseline(int seasonLength, ForecastBaseline method) : ForecastBaseline
{
    private readonly SeasonalIndices _indices = new(seasonLength);
    private double[] _adjusted = [];

    internal override void Forecast(ReadOnlySpan<double> values, Span<double> forecast, Span<double> deviation)
    {
        _indices.Fit(values);
        var adjusted = Sized(ref _adjusted, values.Length);
        for (var t = 0; t < values.Length; t++)
            adjusted[t] = _indices.Remove(values[t], t);
        method.Forecast(adjusted, forecast, deviation);
        for (var h = 0; h < forecast.Length; h++)
            forecast[h] = _indices.Restore(forecast[h], values.Length + h);
        for (var h = 0; h < deviation.Length; h++)
            deviation[h] *= _indices.Factor(values.Length + h);
    }
}
