namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>The times after those of a series.</summary>
internal static class NextTimes
{
    private const double ShortestMonth = 27.5; // days

    /// <param name="times">At least two.</param>
    /// <param name="count">How many.</param>
    public static DateTime[] After(DateTime[] times, int count)
    {
        var (last, step) = (times[^1], times[^1] - times[^2]);
        int months = (int)Math.Round(step.TotalDays / 30.4375);
        return step.TotalDays >= ShortestMonth && months > 0
            ? [.. Enumerable.Range(1, count).Select(k => last.AddMonths(k * months))]
            : [.. Enumerable.Range(1, count).Select(k => last + (k * step))];
    }
}
