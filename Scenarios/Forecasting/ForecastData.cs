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

    /// <summary>
    /// The last steps of each series are what came after it. Missing values stay so there; before, they are filled from what is before.
    /// </summary>
    /// <exception cref="ArgumentException">No series is longer than the horizon.</exception>
    public static ForecastData HoldOut(string title, Frequency frequency, int horizon, TimeSeries[] series)
    {
        TimeSeries[] known = [.. series.Select(Gaps.Trimmed).OfType<TimeSeries>()];
        TimeSeries[] longer = [.. known.Where(s => s.Values.Length > horizon)];
        if (longer.Length == 0)
        {
            throw new ArgumentException($"The horizon is {horizon} steps, and the longest of {series.Length} series has "
                + $"{known.Max(s => (int?)s.Values.Length) ?? 0} values; each needs more than the horizon, whose last steps are to be forecast. Choose a shorter --horizon.");
        }
        PrintLeftOut([.. series.Select(s => s.Id).Except(longer.Select(s => s.Id))], horizon);
        return new(
            title, frequency, horizon,
            [.. longer.Select(s => s with { Values = Gaps.Filled(s.Values.AsSpan()[..^horizon]), Times = s.Times?[..^horizon] })],
            [.. longer.Select(s => s.Values[^horizon..])]);
    }

    /// <exception cref="ArgumentException">There is too little to train on, or nothing to measure forecasts by.</exception>
    public void Check()
    {
        if (Training.All(s => s.Values.Length < 2))
            throw new ArgumentException($"None of the {Training.Length} series of {Title} has two values before the {Horizon} steps to forecast: there is nothing to learn from.");
        if (!Actual.Any(values => values.Any(float.IsFinite)))
            throw new ArgumentException($"None of the {Training.Length} series of {Title} has a known value among the {Horizon} steps to forecast: forecasts cannot be measured.");
    }

    /// <summary>The series with what came after them, up to its last known value; missing ones between are as the last known.</summary>
    public IEnumerable<TimeSeries> Whole() => Training.Zip(Actual, (s, actual) => s with
    {
        Values = [.. s.Values, .. Gaps.Carried(actual.AsSpan()[..(Array.FindLastIndex(actual, float.IsFinite) + 1)], s.Values[^1])],
    });

    /// <summary>Says what there is.</summary>
    public void Print()
    {
        int[] lengths = [.. Training.Select(s => s.Values.Length)];
        string values = lengths.Min() == lengths.Max() ? $"{lengths[0]}" : $"{lengths.Min()} to {lengths.Max()}";
        Console.WriteLine($"{Title}: {Training.Length} {Frequency.Name} series of {values} values, {Horizon} steps ahead, a season of {Season}.");
    }

    private static void PrintLeftOut(string[] names, int horizon)
    {
        if (names.Length > 0)
        {
            Console.WriteLine($"Left out, with no more than {horizon} values: {names.Length} series, {string.Join(", ", names.Take(MostNamed))}"
                + $"{(names.Length > MostNamed ? " …" : "")}.");
        }
    }
}
