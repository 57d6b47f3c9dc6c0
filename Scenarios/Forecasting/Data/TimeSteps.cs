namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>How the times of a series go on: by a fixed step, by calendar months, or by business days.</summary>
internal sealed class TimeSteps
{
    private const double ShortestMonth = 27.5, MeanMonth = 30.4375; // days
    private const int Recent = 24;

    private readonly TimeSpan _step;
    private readonly int _months;  // 0: a fixed step
    private readonly int _day;     // of the month; the last one where the month is shorter
    private readonly bool _isBusiness;

    private TimeSteps(TimeSpan step, int months, int day, bool isBusiness) => (_step, _months, _day, _isBusiness) = (step, months, day, isBusiness);

    /// <summary>The step that occurs most from one time to the next, of several the smallest; null for a single time.</summary>
    /// <param name="times">The times, each later than the one before.</param>
    public static TimeSteps? Of(IReadOnlyList<DateTime> times)
    {
        if (times.Count < 2)
            return null;
        var step = Usual(times);
        int months = step.TotalDays >= ShortestMonth ? (int)Math.Round(step.TotalDays / MeanMonth) : 0;
        // A weekend is no gap in a series that never has one.
        bool isBusiness = step == TimeSpan.FromDays(1) && times.Count > 5 && !times.Any(IsWeekend);
        return new(step, months, DayOf(times), isBusiness);
    }

    /// <summary>The step that occurs most; of several the smallest.</summary>
    public static TimeSpan Usual(IReadOnlyList<DateTime> times) =>
        times.Zip(times.Skip(1), (a, b) => b - a).GroupBy(step => step).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;

    /// <summary>The next times.</summary>
    /// <exception cref="ArgumentException">They are beyond the calendar.</exception>
    public DateTime[] After(DateTime last, int count)
    {
        var next = new DateTime[count];
        for (int k = 0; k < count; k++)
            next[k] = _months > 0 ? Month(last, (k + 1) * _months) : Day(k == 0 ? last : next[k - 1]);
        return next;
    }

    /// <summary>Steps from one time to a later one, 1 for the next; 1 for any of business days, whose holidays are no gaps.</summary>
    public long Between(DateTime earlier, DateTime later)
    {
        if (_isBusiness)
            return 1;
        double steps = _months > 0
            ? (double)((12 * (later.Year - earlier.Year)) + later.Month - earlier.Month) / _months
            : (later - earlier) / _step;
        return Math.Max(1, (long)Math.Round(steps));
    }

    private DateTime Day(DateTime time)
    {
        do
            time += _step;
        while (_isBusiness && IsWeekend(time));
        return time;
    }

    private DateTime Month(DateTime last, int months)
    {
        var first = new DateTime(last.Year, last.Month, 1, 0, 0, 0, last.Kind).AddMonths(months);
        int day = _day > 0 ? _day : last.Day;
        return first.AddDays(Math.Min(day, DateTime.DaysInMonth(first.Year, first.Month)) - 1) + last.TimeOfDay;
    }

    // 31 for ends of months, 30 for a 30th that is a 28th in February; 0 for times of various days.
    private static int DayOf(IReadOnlyList<DateTime> times)
    {
        DateTime[] recent = [.. times.Skip(times.Count - Recent)];
        int day = recent.All(t => t.Day == DateTime.DaysInMonth(t.Year, t.Month)) ? 31 : recent.Max(t => t.Day);
        return recent.All(t => t.Day == Math.Min(day, DateTime.DaysInMonth(t.Year, t.Month))) ? day : 0;
    }

    private static bool IsWeekend(DateTime time) => time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
