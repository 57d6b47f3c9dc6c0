namespace MlNetRnn;

/// <summary>
/// The mean of the last values, of all where there are fewer. Errors at every step are as large as those that the mean of so many values
/// made one step ahead in the series: like the mean method's, they do not grow with the horizon.
/// </summary>
internal sealed class MovingAverageBaseline(int length) : ForecastBaseline
{
    internal override void Forecast(ReadOnlySpan<double> values, Span<double> forecast, Span<double> deviation)
    {
        var count = Math.Min(length, values.Length);
        forecast.Fill(Sum(values[^count..]) / count);
        if (!deviation.IsEmpty)
            deviation.Fill(Deviation(SquaredErrors(values, count), values.Length - count));
    }

    // The sum of the last values moves along; doubles hold it well enough for values of Single.
    private static double SquaredErrors(ReadOnlySpan<double> values, int count)
    {
        var (sum, squared) = (Sum(values[..count]), 0.0);
        for (var t = count; t < values.Length; t++)
        {
            var error = values[t] - (sum / count);
            squared += error * error;
            sum += values[t] - values[t - count];
        }
        return squared;
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum;
    }
}
