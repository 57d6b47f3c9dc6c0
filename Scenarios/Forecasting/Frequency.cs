namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>How often a series has a value.</summary>
/// <param name="Name">As the command line names it.</param>
/// <param name="Season">Steps in a season, as the M4 competition counts them; 1 for none.</param>
/// <param name="Horizon">Steps ahead, as the M4 competition asks for them.</param>
internal sealed record Frequency(string Name, int Season, int Horizon)
{
    public static Frequency Monthly { get; } = new("monthly", 12, 18);

    /// <summary>All, as in the M4 competition (Makridakis, Spiliotis and Assimakopoulos, 2020).</summary>
    public static Frequency[] All { get; } =
        [new("hourly", 24, 48), new("daily", 1, 14), new("weekly", 1, 13), Monthly, new("quarterly", 4, 8), new("yearly", 1, 6)];

    public static string[] Names => [.. All.Select(f => f.Name)];

    public static Frequency Named(string name) => All.Single(f => f.Name == name);

    /// <summary>The frequency that times have, by the step that occurs most.</summary>
    public static Frequency? Of(IReadOnlyList<DateTime> times)
    {
        if (times.Count < 2)
            return null;
        return TimeSteps.Usual(times).TotalDays switch
        {
            <= 0.5 => Named("hourly"),
            <= 4 => Named("daily"),
            <= 10 => Named("weekly"),
            <= 45 => Monthly,
            <= 200 => Named("quarterly"),
            _ => Named("yearly"),
        };
    }
}
