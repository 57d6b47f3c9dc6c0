namespace MlNetRnn;

/// <summary>Checks that time goes on from row to row of a series, and finds gaps in it.</summary>
/// <param name="settings">What is a gap, and what becomes of it.</param>
/// <param name="times">Reads the time of the current row.</param>
/// <param name="describeGroup">Tells errors the group of the current row, such as <c>, group 'A'</c>.</param>
internal sealed class TimeCheck(SlidingWindowSettings settings, TimeReader times, Func<string> describeGroup)
{
    private const double MostOfSmallest = 1.5;

    private readonly double? _largest = settings.LargestTimeStep?.Ticks ?? settings.LargestNumericTimeStep;

    /// <summary>The current row's time.</summary>
    /// <exception cref="InvalidOperationException">It is a number that is not finite.</exception>
    public TimeValue Read() => times.Read();

    /// <summary>Takes the current row's time into its series' clock, or throws and leaves the clock as it was.</summary>
    /// <param name="clock">The clock of the row's series.</param>
    /// <param name="time">The row's time.</param>
    /// <param name="row">The row's number for errors, counted from 1.</param>
    /// <returns>Whether a new series begins with the row.</returns>
    /// <exception cref="InvalidOperationException">Time goes back or repeats, or there is a gap that must not be.</exception>
    public bool StartsSeries(SeriesClock clock, TimeValue time, long row)
    {
        var step = clock.Last is { } last ? time - last : double.PositiveInfinity;
        if (!(step > 0))
            throw step == 0 ? Duplicate(time, row) : Backward(clock.Last!.Value, time, row);
        var isGap = clock.Last is not null && settings.TimeGaps != TimeGaps.Ignore && step > Largest(clock);
        if (isGap && settings.TimeGaps == TimeGaps.Error)
            throw Gap(clock, time, row);
        clock.Accept(time);
        return isGap;
    }

    private double Largest(SeriesClock clock) => _largest ?? (MostOfSmallest * clock.SmallestStep);

    private InvalidOperationException Duplicate(TimeValue time, long row) => new(
        $"SlidingWindow: row {row}{describeGroup()}: time column '{settings.TimeColumnName}' is {times.Format(time)} twice: a "
            + "duplicate, expected a later time than in the row before. Keep one of the rows, or aggregate them, before windowing"
            + (settings.GroupColumnName is null ? ", or name the GroupColumn that tells series apart." : "."));

    private InvalidOperationException Backward(TimeValue last, TimeValue time, long row) => new(
        $"SlidingWindow: row {row}{describeGroup()}: time column '{settings.TimeColumnName}' is {times.Format(time)} after "
            + $"{times.Format(last)}, expected a later time: "
            + $"the rows of a series must be in order of time. Sort the data by '{settings.TimeColumnName}' before windowing"
            + (settings.GroupColumnName is null ? ", or name the GroupColumn that tells series apart." : "."));

    private InvalidOperationException Gap(SeriesClock clock, TimeValue time, long row) => new(
        $"SlidingWindow: row {row}{describeGroup()}: time column '{settings.TimeColumnName}' goes from {times.Format(clock.Last!.Value)} "
            + $"to {times.Format(time)}, a gap: the largest step is {times.FormatStep(Largest(clock))}"
            + (_largest is null ? $", {MostOfSmallest} times the smallest so far" : "")
            + ". Fill in the missing rows, give a larger LargestTimeStep (LargestNumericTimeStep for numbers), or choose "
            + "TimeGaps.NewSeries or Ignore.");
}
