namespace MlNetRnn;

/// <summary>
/// The last value and the mean change per step: the line through the first and the last value. Errors are those of a random walk with that
/// drift: sigma √(h (1 + h/(n-1))) (Hyndman and Athanasopoulos, Forecasting: principles and practice).
/// </summary>
internal sealed class DriftBaseline : ForecastBaseline
{
    internal override void Forecast(ReadOnlySpan<double> values, Span<double> forecast, Span<double> deviation)
    {
        var steps = values.Length - 1;
        var drift = steps > 0 ? (values[^1] - values[0]) / steps : 0;
        for (var h = 0; h < forecast.Length; h++)
            forecast[h] = values[^1] + ((h + 1) * drift);
        if (deviation.IsEmpty)
            return;
        var sigma = Deviation(SquaredErrors(values, drift), steps - 1);
        for (var h = 0; h < deviation.Length; h++)
            deviation[h] = steps > 0 ? sigma * Math.Sqrt((h + 1) * (1 + ((h + 1.0) / steps))) : 0;
    }

    private static double SquaredErrors(ReadOnlySpan<double> values, double drift)
    {
        var sum = 0.0;
        for (var t = 1; t < values.Length; t++)
            sum += (values[t] - values[t - 1] - drift) * (values[t] - values[t - 1] - drift);
        return sum;
    }
}
