namespace MlNetRnn;

/// <summary>
/// What becomes of a gap in the time column: a step from one row of a series to the next that is larger than the largest step given,
/// or, when none is given, larger than 1.5 times the smallest step seen so far in the group.
/// </summary>
public enum TimeGaps
{
    /// <summary>A gap is an error that names the row and both times.</summary>
    Error,

    /// <summary>A new series begins after a gap: windows and labels never cross it.</summary>
    NewSeries,

    /// <summary>Gaps are not looked for; the time must increase all the same.</summary>
    Ignore,
}
