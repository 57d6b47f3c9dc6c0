namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Series to learn from, and what came after them.</summary>
/// <param name="Title">What they are.</param>
/// <param name="Frequency">How often they have values.</param>
/// <param name="Horizon">Steps to forecast.</param>
/// <param name="Training">The series up to where forecasts begin.</param>
/// <param name="Actual">The next values of each, <c>[horizon]</c>, in the same order; NaN where they are not known.</param>
internal sealed record ForecastData(string Title, Frequency Frequency, int Horizon, TimeSeries[] Training, float[][] Actual)
{
    private const int MostNamed = 5;

    /// <summary>Steps in a season.</summary>
    public int Season => Frequency.Season;

    /// <summary>The last steps of each series are what came after it.</summary>
    /// <exception cref="ArgumentException">No series is longer than the horizon.</exception>
    public static ForecastData HoldOut(string title, Frequency frequency, int horizon, TimeSeries[] series)
    {
        TimeSeries[] longer = [.. series.Where(s => s.Values.Length > horizon)];
        if (longer.Length == 0)
        {
            throw new ArgumentException($"The horizon is {horizon} steps, and the longest of {series.Length} series has "
                + $"{series.Max(s => s.Values.Length)} values; each needs more than the horizon, whose last steps are to be forecast. Choose a shorter --horizon.");
        }
        if (longer.Length < series.Length)
        {
            var names = series.Except(longer).Select(s => s.Id).ToArray();
            Console.WriteLine($"{names.Length} series have no more than {horizon} values and are left out: {string.Join(", ", names.Take(MostNamed))}"
                + $"{(names.Length > MostNamed ? " …" : "")}.");
        }
        return new(
            title, frequency, horizon,
            [.. longer.Select(s => s with { Values = s.Values[..^horizon], Times = s.Times?[..^horizon] })],
            [.. longer.Select(s => s.Values[^horizon..])]);
    }

    /// <summary>Says what there is.</summary>
    public void Print()
    {
        int[] lengths = [.. Training.Select(s => s.Values.Length)];
        string values = lengths.Min() == lengths.Max() ? $"{lengths[0]}" : $"{lengths.Min()} to {lengths.Max()}";
        Console.WriteLine($"{Title}: {Training.Length} {Frequency.Name} series of {values} values, {Horizon} steps ahead, a season of {Season}.");
    }
}
