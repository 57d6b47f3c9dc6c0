using Microsoft.ML;

namespace MlNetRnn;

/// <summary>The rows beyond a history that tell what is known ahead: which of them belongs to which series.</summary>
/// <param name="View">All rows, in the schema of the history.</param>
/// <param name="Series">By row: its series; -1 for a row that is not used.</param>
internal sealed record FutureRows(IDataView View, IReadOnlyList<int> Series)
{
    private const int MostNamed = 5;

    /// <summary>Finds the rows of the next steps of each series: by time those after its last, else its first ones.</summary>
    /// <exception cref="InvalidOperationException">A series lacks steps, or its rows are not in order of time.</exception>
    public static FutureRows Read(IDataView view, SeriesEnds ends, int horizon, CancellationToken token)
    {
        DataViewSchema.Column[] columns = [.. new[] { ends.Names.Column, ends.Times?.Column }.OfType<DataViewSchema.Column>()
            .Select(column => view.Schema[column.Index])];
        using var cursor = OneCursor.Open(view, columns);
        var (find, current) = (ends.Names.Finding(cursor), 0);
        var isStep = ends.Times?.Future(cursor, horizon, () => $"FutureRows: row {cursor.Position + 1}, {ends.Names.Describe(current)}");
        var (series, found) = (new List<int>(), new int[ends.Count]);
        while (cursor.MoveNext())
        {
            token.ThrowIfCancellationRequested();
            current = find();
            var isUsed = current >= 0 && found[current] < horizon && (isStep is null || isStep(current));
            if (isUsed)
                found[current]++;
            series.Add(isUsed ? current : -1);
        }
        CheckComplete(ends, found, horizon);
        return new(view, series);
    }

    private static void CheckComplete(SeriesEnds ends, int[] found, int horizon)
    {
        int[] lacking = [.. Enumerable.Range(0, ends.Count).Where(series => found[series] < horizon)];
        if (lacking.Length == 0)
            return;
        var named = lacking.Take(MostNamed).Select(series => $"{ends.Names.Describe(series)} lacks {Steps(ends, series, found[series] + 1, horizon)}");
        throw new InvalidOperationException($"Forecast: the model needs values that are known ahead, and FutureRows does not have them all: "
            + $"{string.Join("; ", named)}{(lacking.Length > MostNamed ? $"; and {lacking.Length - MostNamed} more series" : "")}. Give a row for "
            + "each step of the horizon of each series.");
    }

    private static string Steps(SeriesEnds ends, int series, int first, int last)
    {
        string Step(int step) => ends.Times is { } times && times.IsKnown(series, step) ? $"{step} ({times.Format(series, step)})" : $"{step}";
        return first == last ? $"step {Step(first)}" : $"steps {Step(first)} to {Step(last)}";
    }
}
