namespace MlNetRnn;

/// <summary>
/// The value of the same step one season before; for a season of one step, and for a series shorter than a season, the last value. Errors
/// are those of a seasonal random walk: sigma √(k + 1) after k whole seasons (Hyndman and Athanasopoulos, Forecasting: principles and
/// practice).
/// </summary>
internal sealed class SeasonalNaiveBaseline(int seasonLength) : ForecastBaseline
{
    internal override void Forecast(ReadOnlySpan<double> values, Span<double> forecast, Span<double> deviation)
    {
        var season = values.Length < seasonLength ? 1 : seasonLength;
        var last = values[^season..];
        for (var h = 0; h < forecast.Length; h++)
            forecast[h] = last[h % season];
        if (deviation.IsEmpty)
            return;
        var sigma = Deviation(SquaredErrors(values, season), values.Length - season);
        for (var h = 0; h < deviation.Length; h++)
            deviation[h] = sigma * Math.Sqrt((h / season) + 1);
    }

    private static double SquaredErrors(ReadOnlySpan<double> values, int season)
    {
        var sum = 0.0;
        for (var t = season; t < values.Length; t++)
            sum += (values[t] - values[t - season]) * (values[t] - values[t - season]);
        return sum;
    }
}
