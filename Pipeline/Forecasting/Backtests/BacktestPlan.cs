namespace MlNetRnn;

/// <summary>
/// The origins of each series, counted from its end: the last fold forecasts its last rows. A fold has the series that have a row
/// before its origin.
/// </summary>
internal sealed class BacktestPlan
{
    private const int MostNamed = 5;

    private readonly long[][] _origins; // by fold, by series: the rows up to the origin; 0 where the fold does not have the series

    private BacktestPlan(long[][] origins, List<BacktestLeftOut> leftOut) => (_origins, LeftOut) = (origins, leftOut);

    public int Folds => _origins.Length;

    public List<BacktestLeftOut> LeftOut { get; }

    /// <exception cref="InvalidOperationException">The series are too short.</exception>
    public static BacktestPlan Create(BacktestSeries series, int horizon, int folds, int step)
    {
        long[] rows = [.. Enumerable.Range(0, series.Count).Select(s => (long)series.Values(s).Length)];
        CheckLengths(series, rows, horizon, folds, step);
        var origins = Enumerable.Range(0, folds).Select(fold => rows.Select(count => Math.Max(0, count - horizon - ((folds - 1L - fold) * step)))
            .ToArray()).ToArray();
        var leftOut = new List<BacktestLeftOut>();
        for (var s = 0; s < rows.Length; s++)
        {
            var name = series.Names.Name(s);
            if (rows[s] <= horizon)
                leftOut.Add(new(name, null, $"it has {rows[s]} rows, fewer than the horizon + 1, {horizon + 1}"));
            else
                leftOut.AddRange(Enumerable.Range(0, folds).Where(fold => origins[fold][s] == 0).Select(fold => new BacktestLeftOut(name, fold + 1,
                    $"its {rows[s]} rows do not reach up to this origin")));
        }
        return new(origins, leftOut);
    }

    /// <summary>The number of rows up to the origin; 0 where the fold does not have the series.</summary>
    public long Origin(int fold, int series) => _origins[fold][series];

    /// <summary>The rows that the pipeline may see of a fold.</summary>
    public long Rows(int fold) => _origins[fold].Sum();

    /// <summary>The series that a fold has, in the order of their first rows.</summary>
    public int[] Series(int fold) => [.. Enumerable.Range(0, _origins[fold].Length).Where(s => _origins[fold][s] > 0)];

    /// <summary>The rows up to the origin.</summary>
    public (long From, long To)[] History(int fold) => [.. _origins[fold].Select(origin => (0L, origin))];

    /// <summary>The rows after the origin.</summary>
    public (long From, long To)[] Future(int fold, int horizon)
        => [.. _origins[fold].Select(origin => origin > 0 ? (origin, origin + horizon) : (0L, 0L))];

    private static void CheckLengths(BacktestSeries series, long[] rows, int horizon, int folds, int step)
    {
        var longest = rows.Max();
        if (longest <= horizon)
        {
            var named = Enumerable.Range(0, rows.Length).Take(MostNamed).Select(s => $"{series.Names.Describe(s)} has {rows[s]}");
            throw new InvalidOperationException($"Backtest: no series is longer than the horizon, {horizon} rows: {string.Join(", ", named)}"
                + $"{(rows.Length > MostNamed ? $", and {rows.Length - MostNamed} more" : "")}. Give longer series, or a shorter Horizon.");
        }
        var needed = horizon + 1 + ((folds - 1L) * step);
        if (longest < needed)
            throw new InvalidOperationException($"Backtest: {folds} folds, {step} rows apart, of a horizon of {horizon} need a series of {needed} rows; "
                + $"the longest has {longest}, enough for {((longest - horizon - 1) / step) + 1} folds. Give fewer Folds, or a smaller Step.");
    }
}
