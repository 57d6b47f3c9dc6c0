namespace MlNetRnn;

/// <summary>
/// How the time of a series goes on, recognised from its last times: by a fixed step, by calendar months (and so quarters and years), or by
/// business days.
/// </summary>
internal abstract class TimeStep
{
    private const double Rounding = 1e-6;

    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    /// <summary>Whether every step so far was of this kind, so that a time in between would be wrong.</summary>
    public abstract bool IsStrict { get; }

    /// <summary>The time some steps after another.</summary>
    public abstract TimeValue After(TimeValue last, int steps);

    /// <summary>The step between times, at least two, each later than the one before.</summary>
    /// <param name="times">The last times of a series, oldest first.</param>
    /// <param name="kind">What they are.</param>
    /// <param name="hasWeekends">Whether any time of the series is on a Saturday or a Sunday.</param>
    public static TimeStep Recognize(ReadOnlySpan<TimeValue> times, TimeKind kind, bool hasWeekends)
    {
        if (kind == TimeKind.Numbers)
            return Numbers(times);
        var steps = Steps(times, (earlier, later) => later.Whole - earlier.Whole);
        if (kind == TimeKind.Calendar && Months(times) is { } months)
            return months;
        var (step, isStrict) = (Median(steps), steps.AsSpan().IndexOfAnyExcept(steps[0]) < 0);
        return kind == TimeKind.Calendar && step == s_day.Ticks && !hasWeekends && !isStrict
            ? new BusinessDays()
            : new Fixed(step, isStrict);
    }

    // Sums of rounded numbers are not equal: the mean step where all are nearly so.
    private static FixedNumber Numbers(ReadOnlySpan<TimeValue> times)
    {
        var steps = Steps(times, (earlier, later) => later - earlier);
        var median = Median(steps);
        var rounding = Rounding * Math.Max(median, Math.Abs((double)times[^1].Whole));
        var isStrict = steps.All(step => Math.Abs(step - median) <= rounding);
        return new FixedNumber(isStrict ? (times[^1] - times[0]) / steps.Length : median, isStrict);
    }

    // Every time on the same day of its month (or on the last, where the month is shorter) at the same hour.
    private static MonthStep? Months(ReadOnlySpan<TimeValue> values)
    {
        DateTime[] times = [.. values.ToArray().Select(ToDate)];
        var steps = Steps(times.AsSpan(), (earlier, later) => MonthOf(later) - MonthOf(earlier));
        if (steps.Any(step => step < 1) || times.Any(time => time.TimeOfDay != times[0].TimeOfDay))
            return null;
        var isEnd = times.All(time => time.Day == DateTime.DaysInMonth(time.Year, time.Month));
        var day = isEnd ? 31 : times.Max(time => time.Day);
        if (times.Any(time => time.Day != Math.Min(day, DateTime.DaysInMonth(time.Year, time.Month))))
            return null;
        return new MonthStep(Median(steps), day, steps.AsSpan().IndexOfAnyExcept(steps[0]) < 0);
    }

    private static TStep[] Steps<T, TStep>(ReadOnlySpan<T> times, Func<T, T, TStep> step)
    {
        var steps = new TStep[times.Length - 1];
        for (var i = 0; i < steps.Length; i++)
            steps[i] = step(times[i], times[i + 1]);
        return steps;
    }

    // Gaps and holidays are few: the usual step is the one in the middle.
    private static T Median<T>(T[] steps)
    {
        T[] sorted = [.. steps.Order()];
        return sorted[(sorted.Length - 1) / 2];
    }

    private static DateTime ToDate(TimeValue time) => new((long)time.Whole);

    private static int MonthOf(DateTime time) => (12 * time.Year) + time.Month;

    private static bool IsWeekend(DateTime time) => time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    /// <summary>Whether a time of the calendar is on a Saturday or a Sunday.</summary>
    public static bool IsWeekend(TimeValue time) => IsWeekend(ToDate(time));

    private sealed class Fixed(Int128 step, bool isStrict) : TimeStep
    {
        public override bool IsStrict => isStrict;

        public override TimeValue After(TimeValue last, int steps) => new(last.Whole + (steps * step));
    }

    private sealed class FixedNumber(double step, bool isStrict) : TimeStep
    {
        public override bool IsStrict => isStrict;

        public override TimeValue After(TimeValue last, int steps) => TimeValue.From((double)last.Whole + last.Fraction + (steps * step));
    }

    private sealed class BusinessDays : TimeStep
    {
        /// <summary>Not strict: a holiday is no business day.</summary>
        public override bool IsStrict => false;

        public override TimeValue After(TimeValue last, int steps)
        {
            var time = ToDate(last);
            for (var left = steps; left > 0; left -= IsWeekend(time) ? 0 : 1)
                time += s_day;
            return new(time.Ticks);
        }
    }

    /// <summary>Calendar months: the same day of each month, or its last where it is shorter.</summary>
    private sealed class MonthStep(int step, int day, bool isStrict) : TimeStep
    {
        public override bool IsStrict => isStrict;

        public override TimeValue After(TimeValue last, int steps)
        {
            var time = new DateTime((long)last.Whole);
            var month = new DateTime(time.Year, time.Month, 1).AddMonths(checked(steps * step));
            return new(month.AddDays(Math.Min(day, DateTime.DaysInMonth(month.Year, month.Month)) - 1).Ticks + time.TimeOfDay.Ticks);
        }
    }
}
