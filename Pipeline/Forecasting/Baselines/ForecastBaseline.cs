namespace MlNetRnn;

/// <summary>
/// A method without training that forecasts a series from its own values. Keeps memory from call to call, so that forecasting allocates
/// nothing once it has seen the longest series: one instance per thread.
/// </summary>
/// <remarks>
/// Leading NaN is left out. A NaN after a value counts as the value before it. Without a value the forecast is NaN; where there is none but
/// the first, or no error to learn from, the standard deviation is 0.
/// </remarks>
internal abstract class ForecastBaseline
{
    private double[] _values = [];
    private double[] _forecast = [];
    private double[] _deviation = [];

    /// <param name="kind">The method.</param>
    /// <param name="seasonLength">Steps in a season, 1 for none.</param>
    /// <param name="movingAverageLength">The values that a moving average is of; 0 for a season.</param>
    public static ForecastBaseline Create(BaselineKind kind, int seasonLength = 1, int movingAverageLength = 0) => kind switch
    {
        BaselineKind.Naive => new SeasonalNaiveBaseline(1),
        BaselineKind.SeasonalNaive => new SeasonalNaiveBaseline(seasonLength),
        BaselineKind.Drift => new DriftBaseline(),
        BaselineKind.MovingAverage => new MovingAverageBaseline(movingAverageLength > 0 ? movingAverageLength : seasonLength),
        BaselineKind.Theta => new SeasonallyAdjustedBaseline(seasonLength, new ThetaBaseline()),
        BaselineKind.Naive2 => new SeasonallyAdjustedBaseline(seasonLength, new SeasonalNaiveBaseline(1)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown baseline."),
    };

    /// <summary>Forecasts the steps after a series.</summary>
    /// <param name="history">The series, oldest first.</param>
    /// <param name="forecast">Receives the forecasts, [horizon].</param>
    public void Forecast(ReadOnlySpan<float> history, Span<float> forecast) => Forecast(history, forecast, []);

    /// <summary>Forecasts the steps after a series and how far they may be off.</summary>
    /// <param name="history">The series, oldest first.</param>
    /// <param name="forecast">Receives the forecasts, [horizon].</param>
    /// <param name="deviation">Receives the standard deviation of each forecast's error, [horizon]; empty when it is not asked for.</param>
    public void Forecast(ReadOnlySpan<float> history, Span<float> forecast, Span<float> deviation)
    {
        var values = Known(history);
        if (values.IsEmpty)
        {
            forecast.Fill(float.NaN);
            deviation.Fill(float.NaN);
            return;
        }
        var wideForecast = Sized(ref _forecast, forecast.Length);
        var wideDeviation = Sized(ref _deviation, deviation.Length);
        Forecast(values, wideForecast, wideDeviation);
        Narrow(wideForecast, forecast);
        Narrow(wideDeviation, deviation);
    }

    /// <summary>Forecasts from one value at least, all of them numbers; writes deviations where that span is not empty.</summary>
    internal abstract void Forecast(ReadOnlySpan<double> values, Span<double> forecast, Span<double> deviation);

    /// <summary>Memory of a size that is kept from call to call.</summary>
    protected static Span<double> Sized(ref double[] memory, int size)
    {
        if (memory.Length < size)
            memory = new double[Math.Max(size, 2 * memory.Length)];
        return memory.AsSpan(0, size);
    }

    /// <summary>The root of a sum of squared errors over a number of degrees of freedom; 0 without any.</summary>
    protected static double Deviation(double squared, int freedom) => freedom > 0 ? Math.Sqrt(squared / freedom) : 0;

    private ReadOnlySpan<double> Known(ReadOnlySpan<float> history)
    {
        while (!history.IsEmpty && float.IsNaN(history[0]))
            history = history[1..];
        var values = Sized(ref _values, history.Length);
        for (var t = 0; t < values.Length; t++)
            values[t] = float.IsNaN(history[t]) ? values[t - 1] : history[t];
        return values;
    }

    private static void Narrow(ReadOnlySpan<double> wide, Span<float> narrow)
    {
        for (var h = 0; h < narrow.Length; h++)
            narrow[h] = (float)wide[h];
    }
}
