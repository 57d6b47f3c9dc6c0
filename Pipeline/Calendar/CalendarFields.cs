namespace MlNetRnn;

/// <summary>
/// The cycles of the clock and the calendar that <see cref="CalendarFeaturesExtensions.CalendarFeatures"/> tells a model about. Each gives
/// two values, the sine and the cosine of its phase, in the order of this list.
/// </summary>
[Flags]
public enum CalendarFields
{
    /// <summary>No field; not usable.</summary>
    None = 0,

    /// <summary>The minute, 0 … 59, of 60: slots <c>MinuteSin</c>, <c>MinuteCos</c>.</summary>
    MinuteOfHour = 1,

    /// <summary>The hour, 0 … 23, of 24: slots <c>HourSin</c>, <c>HourCos</c>.</summary>
    HourOfDay = 2,

    /// <summary>The day of the week, 0 for Monday … 6, of 7: slots <c>DayOfWeekSin</c>, <c>DayOfWeekCos</c>.</summary>
    DayOfWeek = 4,

    /// <summary>The day of the month, counted from 0, of the days of that month: slots <c>DayOfMonthSin</c>,
    /// <c>DayOfMonthCos</c>.</summary>
    DayOfMonth = 8,

    /// <summary>The day of the year, counted from 0, of 365 or 366: slots <c>DayOfYearSin</c>, <c>DayOfYearCos</c>.</summary>
    DayOfYear = 16,

    /// <summary>The month, counted from 0, of 12: slots <c>MonthSin</c>, <c>MonthCos</c>.</summary>
    MonthOfYear = 32,
}
