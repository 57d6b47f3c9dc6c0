using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Which rows of each group train and which test: rows [0, train) train, rows [test, n) test, those between are dropped.</summary>
internal sealed class SplitPlan
{
    private SplitPlan(DataViewSchema.Column? group, GroupNumbers numbers, long[] trainEnd, long[] testStart)
        => (Group, Numbers, TrainEnd, TestStart) = (group, numbers, trainEnd, testStart);

    public DataViewSchema.Column? Group { get; }

    public GroupNumbers Numbers { get; }

    /// <summary>Per group: the number of training rows.</summary>
    public long[] TrainEnd { get; }

    /// <summary>Per group: the position of the first test row.</summary>
    public long[] TestStart { get; }

    /// <summary>Counts the rows, reading the group column only.</summary>
    /// <exception cref="ArgumentException">Windows of several groups take turns, and no group is named.</exception>
    /// <exception cref="InvalidOperationException">The rows were shuffled, there are none, or one side would have none.</exception>
    public static SplitPlan Create(IDataView data, double testFraction, DataViewSchema.Column? group)
    {
        CheckNotShuffled(data);
        CheckOrder(data.Schema, group);
        var numbers = GroupNumbers.Create(group);
        var counts = Count(data, group, numbers);
        var dropped = DroppedPerGroup(data.Schema);
        var testStart = counts.Select(count => count - TestRows(count, testFraction)).ToArray();
        // A group without test rows keeps all of its training rows: there is no test period that labels could reach.
        var trainEnd = testStart.Select((start, g) => start == counts[g] ? start : Math.Max(0, start - dropped)).ToArray();
        CheckSides(counts, trainEnd.Sum(), counts.Sum() - testStart.Sum(), testFraction, dropped);
        return new SplitPlan(group, numbers, trainEnd, testStart);
    }

    /// <exception cref="ArgumentException">The column is missing or not a scalar.</exception>
    public static DataViewSchema.Column? GroupColumn(DataViewSchema schema, string? groupColumnName)
    {
        if (groupColumnName is null)
            return null;
        if (groupColumnName.Length == 0 || schema.GetColumnOrNull(groupColumnName) is not { } column)
            throw new ArgumentException($"Group column '{groupColumnName}' is not in the data, which has: "
                + $"{string.Join(", ", schema.Select(c => c.Name))}.",
                nameof(groupColumnName));
        return column.Type is PrimitiveDataViewType
            ? column
            : throw new ArgumentException($"Group column '{groupColumnName}' is {column.Type}, expected a scalar number, key, text, "
                + "Boolean or time.",
                nameof(groupColumnName));
    }

    private static void CheckNotShuffled(IDataView data)
    {
        if (RandomSampling.IsShuffled(data))
            throw new InvalidOperationException("ChronologicalSplit: ml.Data.ShuffleRows put the rows in a random order, so that the last ones "
                + "are not the latest. Split first; trainers shuffle their training rows by themselves.");
    }

    // Windows that take turns are in the order in which their labels are complete, group by group at the end: as one series they are not in
    // order of time, and the labels of all groups but one would reach into the test period.
    private static void CheckOrder(DataViewSchema schema, DataViewSchema.Column? group)
    {
        if (group is null && schema.Select(c => WindowAnnotations.GetText(c, WindowAnnotations.InterleavedBy)).FirstOrDefault(n => n is not null)
            is { } name)
            throw new ArgumentException($"ChronologicalSplit: the windows of the groups of '{name}' take turns (SeriesGroups.Interleaved), so "
                + $"that the rows are not one series in time order. Give groupColumnName: \"{name}\".");
    }

    private static long TestRows(long rows, double fraction)
        => rows < 2 ? 0 : Math.Clamp((long)Math.Round(rows * fraction, MidpointRounding.AwayFromZero), 1, rows - 1);

    // Anchors are `stride` rows apart, and the label of anchor t reaches row t + horizon. The k-th anchor before the first test anchor
    // reaches the test period when k * stride <= horizon.
    private static long DroppedPerGroup(DataViewSchema schema) => schema
        .Select(column => (WindowAnnotations.GetInt(column, WindowAnnotations.Horizon) ?? 0)
            / Math.Max(1, WindowAnnotations.GetInt(column, WindowAnnotations.Stride) ?? 1))
        .DefaultIfEmpty(0).Max();

    private static long[] Count(IDataView data, DataViewSchema.Column? group, GroupNumbers numbers)
    {
        if (group is null && data.GetRowCount() is { } known)
            return [known];
        var counts = new List<long>();
        using var cursor = data.GetRowCursor(group is { } column ? [column] : []);
        var next = numbers.Adding(cursor);
        while (cursor.MoveNext())
        {
            var number = next();
            if (number == counts.Count)
                counts.Add(0);
            counts[number]++;
        }
        return [.. counts];
    }

    private static void CheckSides(long[] counts, long train, long test, double fraction, long dropped)
    {
        var rows = counts.Sum();
        if (rows == 0)
            throw new InvalidOperationException("ChronologicalSplit: the data has no rows. Check the file or filter it comes from; "
                + "after SlidingWindow, check that the window is not longer than every group.");
        if (test == 0)
            throw new InvalidOperationException($"ChronologicalSplit: {rows} rows in {counts.Length} group(s) leave none to test on, since "
                + "no group has 2 rows. Give more rows, or leave groupColumnName null when the rows are one series.");
        if (train == 0)
            throw new InvalidOperationException($"ChronologicalSplit: testFraction {fraction} of {rows} rows in {counts.Length} group(s) "
                + "leaves none to train on: "
                + $"{test} are test rows and {rows - test} before them are dropped because their labels reach into the test period "
                + $"({dropped} per group by the label's horizon and stride). Give more rows, or a smaller testFraction or horizon.");
    }
}
