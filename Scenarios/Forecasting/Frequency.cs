namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>How often a series has a value.</summary>
/// <param name="Name">As the command line names it, or for steps that it does not name, such as 15-minute.</param>
/// <param name="Season">Steps in a season, as the M4 competition counts them, else of a day; 1 for none.</param>
/// <param name="Horizon">Steps ahead that are forecast where nothing else is asked for: those of the M4 competition, else two days, at least 12 and at most 96 steps.</param>
internal sealed record Frequency(string Name, int Season, int Horizon)
{
    private const int Hours = 24;

    public static Frequency Monthly { get; } = new("monthly", 12, 18);

    /// <summary>All that have names, as in the M4 competition (Makridakis, Spiliotis and Assimakopoulos, 2020).</summary>
    public static Frequency[] All { get; } =
        [new("hourly", Hours, 2 * Hours) { IsWithinDay = true }, new("daily", 1, 14), new("weekly", 1, 13), Monthly, new("quarterly", 4, 8), new("yearly", 1, 6)];

    public static string[] Names => [.. All.Select(f => f.Name)];

    /// <summary>Whether a season is a day.</summary>
    public bool IsWithinDay { get; init; }

    public static Frequency Named(string name) => All.Single(f => f.Name == name);

    /// <summary>The frequency that times have, by the step that occurs most.</summary>
    public static Frequency? Of(IReadOnlyList<DateTime> times)
    {
        if (times.Count < 2)
            return null;
        var step = TimeSteps.Usual(times);
        return step.TotalDays switch
        {
            <= 0.5 => WithinDay(step),
            <= 4 => Named("daily"),
            <= 10 => Named("weekly"),
            <= 45 => Monthly,
            <= 200 => Named("quarterly"),
            _ => Named("yearly"),
        };
    }

    // A day is a season where it holds whole steps, and not more of them than minutes.
    private static Frequency WithinDay(TimeSpan step)
    {
        if (step == TimeSpan.FromHours(1))
            return Named("hourly");
        string name = step.TotalHours >= 1 ? $"{step.TotalHours:0.##}-hourly" : step.TotalMinutes >= 1 ? $"{step.TotalMinutes:0.##}-minute" : $"{step.TotalSeconds:0.###}-second";
        int season = TimeSpan.FromDays(1).Ticks % step.Ticks == 0 && step >= TimeSpan.FromMinutes(1) ? (int)(TimeSpan.FromDays(1) / step) : 1;
        return new(name, season, Math.Clamp(2 * season, 12, 96)) { IsWithinDay = season > 1 };
    }
}
