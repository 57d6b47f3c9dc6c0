namespace MlNetRnn;

/// <summary>
/// The Theta method (Assimakopoulos and Nikolopoulos, 2000) of a series without a season: the mean of the linear trend over time and of
/// simple exponential smoothing of the line theta = 2, which is twice the series less the trend. The errors' deviation is
/// sigma √(1 + (h-1) alpha²), as exponential smoothing has it. A forecast below zero becomes zero where no value of the series is.
/// </summary>
internal sealed class ThetaBaseline : ForecastBaseline
{
    private double[] _line = [];

    internal override void Forecast(ReadOnlySpan<double> values, Span<double> forecast, Span<double> deviation)
    {
        var (start, slope) = Trend(values);
        var line = Sized(ref _line, values.Length);
        var isNegative = false;
        for (var t = 0; t < values.Length; t++)
        {
            line[t] = (2 * values[t]) - (start + (slope * t));
            isNegative |= values[t] < 0;
        }
        var smoothing = ExponentialSmoothing.Fit(line);
        for (var h = 0; h < forecast.Length; h++)
        {
            var mean = (smoothing.Level + start + (slope * (values.Length + h))) / 2;
            forecast[h] = isNegative ? mean : Math.Max(mean, 0);
        }
        var sigma = Deviation(smoothing.SquaredErrors / 4, values.Length - 2); // the trend's half is the same on both sides
        for (var h = 0; h < deviation.Length; h++)
            deviation[h] = sigma * Math.Sqrt(1 + (h * smoothing.Alpha * smoothing.Alpha));
    }

    // Least squares over steps 0, 1, …
    private static (double Start, double Slope) Trend(ReadOnlySpan<double> values)
    {
        var (middle, mean) = ((values.Length - 1) / 2.0, 0.0);
        foreach (var value in values)
            mean += value / values.Length;
        var (product, square) = (0.0, 0.0);
        for (var t = 0; t < values.Length; t++)
        {
            product += (t - middle) * (values[t] - mean);
            square += (t - middle) * (t - middle);
        }
        var slope = square > 0 ? product / square : 0;
        return (mean - (slope * middle), slope);
    }
}
