namespace MlNetRnn;

/// <summary>One field of the calendar: its name in slot names, and how far through its cycle a moment is.</summary>
/// <param name="Field">A single field.</param>
/// <param name="Name">What its slot names begin with.</param>
/// <param name="Of">The share of the cycle that has passed at the beginning of the field's unit, from 0 up to 1.</param>
internal sealed record CalendarPhase(CalendarFields Field, string Name, Func<DateTime, double> Of)
{
    private static readonly CalendarPhase[] s_all =
    [
        new(CalendarFields.MinuteOfHour, "Minute", t => t.Minute / 60.0),
        new(CalendarFields.HourOfDay, "Hour", t => t.Hour / 24.0),
        new(CalendarFields.DayOfWeek, "DayOfWeek", t => ((int)t.DayOfWeek + 6) % 7 / 7.0), // .NET counts from Sunday
        new(CalendarFields.DayOfMonth, "DayOfMonth", t => (t.Day - 1.0) / DateTime.DaysInMonth(t.Year, t.Month)),
        new(CalendarFields.DayOfYear, "DayOfYear", t => (t.DayOfYear - 1.0) / (DateTime.IsLeapYear(t.Year) ? 366 : 365)),
        new(CalendarFields.MonthOfYear, "Month", t => (t.Month - 1) / 12.0),
    ];

    /// <summary>All fields together.</summary>
    public static CalendarFields AllFields { get; } = s_all.Aggregate(CalendarFields.None, (all, phase) => all | phase.Field);

    /// <summary>The phases of fields, in the order of the enumeration.</summary>
    public static CalendarPhase[] Find(CalendarFields fields) => [.. s_all.Where(phase => fields.HasFlag(phase.Field))];

    /// <summary>Writes the sine and the cosine of each phase, [2 × phases].</summary>
    public static void Write(CalendarPhase[] phases, DateTime time, Span<float> values)
    {
        for (var i = 0; i < phases.Length; i++)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * phases[i].Of(time));
            (values[2 * i], values[(2 * i) + 1]) = ((float)sine, (float)cosine);
        }
    }
}
