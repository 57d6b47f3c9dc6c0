using Microsoft.ML;

namespace MlNetRnn;

/// <inheritdoc cref="SeriesTimes"/>
/// <param name="column">The time column.</param>
/// <param name="kind">What its times are.</param>
/// <param name="order">A time as it is compared.</param>
/// <param name="clock">A time as the calendar shows it.</param>
/// <param name="restore">A time from the calendar, of the kind of a series' last.</param>
/// <param name="format">A time as errors show it.</param>
/// <param name="isFinite">Whether a time is one.</param>
/// <param name="tail">How many of the last times of each series are kept for <see cref="RowGetter"/>.</param>
internal sealed class SeriesTimes<T>(DataViewSchema.Column column, TimeKind kind, Func<T, TimeValue> order, Func<T, TimeValue> clock,
    Func<TimeValue, T, T> restore, Func<T, string> format, Func<T, bool> isFinite, int tail) : SeriesTimes
{
    private const int Kept = 20; // enough for the usual step to be in the middle, and for a business month

    private readonly List<Times> _series = [];

    public override DataViewSchema.Column Column => column;

    public override Action<int> History(DataViewRow row, Func<string> describe)
    {
        var get = row.GetGetter<T>(row.Schema[column.Index]);
        T time = default!;
        return series =>
        {
            get(ref time);
            CheckFinite(time, describe);
            if (series == _series.Count)
                _series.Add(new(tail));
            var times = _series[series];
            if (times.Count > 0 && order(time) - order(times.Last) is <= 0 and var step)
                throw Backward(step, time, times.Last, describe());
            times.Add(time, clock(time), kind == TimeKind.Calendar && TimeStep.IsWeekend(clock(time)));
        };
    }

    public override Func<int, bool> Future(DataViewRow row, int steps, Func<string> describe)
    {
        var get = row.GetGetter<T>(row.Schema[column.Index]);
        T time = default!;
        return series =>
        {
            get(ref time);
            CheckFinite(time, describe);
            var times = _series[series];
            if (order(time) - order(times.Last) <= 0 || times.Given.Count == steps)
                return false; // a part of the history, or more than is needed
            Accept(times, time, describe);
            return true;
        };
    }

    public override bool IsKnown(int series, int step) => _series[series] is var times && (times.Step is not null || step <= times.Given.Count);

    public override void Recognize()
    {
        foreach (var times in _series.Where(times => times.Count > 1))
            times.Step = TimeStep.Recognize(times.Recent(), kind, times.HasWeekends);
        var usual = _series.FirstOrDefault(times => times.Step is not null)?.Step;
        foreach (var times in _series)
            times.Step ??= usual;
    }

    public override string Format(int series, int step) => format(At(series, step));

    public override Delegate Getter(Func<(int Series, int Step)> at) => (ValueGetter<T>)((ref T value) =>
    {
        var (series, step) = at();
        value = At(series, step);
    });

    public override Delegate RowGetter(Func<(int Series, long Row)> at) => (ValueGetter<T>)((ref T value) =>
    {
        var (series, row) = at();
        value = _series[series].At(row);
    });

    private T At(int series, int step)
    {
        var times = _series[series];
        return step <= times.Given.Count ? times.Given[step - 1] : Continued(times, step);
    }

    private T Continued(Times times, int step)
    {
        try
        {
            return restore(times.Step!.After(clock(times.Last), step), times.Last);
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw new InvalidOperationException($"Forecast: time column '{column.Name}' is {format(times.Last)} in the last row of a series; "
                + $"the time {step} steps later is no {typeof(T).Name} any more.", e);
        }
    }

    private void Accept(Times times, T time, Func<string> describe)
    {
        var previous = times.Given.Count > 0 ? times.Given[^1] : times.Last;
        if (order(time) - order(previous) is <= 0 and var step)
            throw Backward(step, time, previous, describe());
        var next = times.Given.Count + 1;
        if (times.Step is { IsStrict: true } && clock(Continued(times, next)) is var expected && IsLater(clock(time), expected))
            throw new InvalidOperationException($"{describe()}: time column '{column.Name}' goes from {format(previous)} to {format(time)}: step "
                + $"{next} of the future, {format(restore(expected, times.Last))}, is missing. Give a row for each step of the horizon.");
        times.Given.Add(time);
    }

    private bool IsLater(TimeValue time, TimeValue expected)
        => time - expected > (kind == TimeKind.Numbers ? 1e-6 * Math.Abs((double)expected.Whole) + 1e-9 : 0);

    private void CheckFinite(T time, Func<string> describe)
    {
        if (!isFinite(time))
            throw new InvalidOperationException($"{describe()}: time column '{column.Name}' is {time}, expected a finite number. Correct or "
                + "filter that row.");
    }

    private InvalidOperationException Backward(double step, T time, T last, string row) => new(step == 0
        ? $"{row}: time column '{column.Name}' is {format(time)} twice: a duplicate, expected a later time than in the row before. Keep one of "
            + "the rows, or aggregate them."
        : $"{row}: time column '{column.Name}' is {format(time)} after {format(last)}, expected a later time: the rows of a series must be in "
            + $"order of time. Sort the data by '{column.Name}'.");

    private sealed class Times(int tail)
    {
        private T[] _tail = []; // grows up to its size with the rows
        private readonly TimeValue[] _ring = new TimeValue[Kept];

        public long Count { get; private set; }

        public T Last { get; private set; } = default!;

        public bool HasWeekends { get; private set; }

        public TimeStep? Step { get; set; }

        public List<T> Given { get; } = [];

        public void Add(T time, TimeValue clock, bool isWeekend)
        {
            _ring[(int)(Count % Kept)] = clock;
            if (Count == _tail.Length && Count < tail)
                Array.Resize(ref _tail, (int)Math.Min(tail, Math.Max(4, 2 * Count)));
            if (tail > 0)
                _tail[(int)(Count % tail)] = time;
            (Last, HasWeekends) = (time, HasWeekends || isWeekend);
            Count++;
        }

        public T At(long row) => row >= Count - tail && row < Count
            ? _tail[(int)(row % tail)]
            : throw new ArgumentOutOfRangeException(nameof(row), row, $"Of {Count} times, the last {tail} are kept.");

        /// <summary>The last times, oldest first.</summary>
        public TimeValue[] Recent()
        {
            var kept = (int)Math.Min(Count, Kept);
            return [.. Enumerable.Range(0, kept).Select(i => _ring[(int)((Count - kept + i) % Kept)])];
        }
    }
}
