using Microsoft.ML;

namespace MlNetRnn;

/// <summary>The series of a history: their names, how many rows each has, which row is its last, and its times.</summary>
internal sealed class SeriesEnds
{
    private readonly List<long> _counts = [];
    private readonly List<long> _last = []; // by series: the position of its last row among all rows
    private readonly Dictionary<long, int> _seriesByLast = [];

    private SeriesEnds(SeriesNames names, SeriesTimes? times) => (Names, Times) = (names, times);

    public SeriesNames Names { get; }

    public SeriesTimes? Times { get; }

    /// <summary>The number of series.</summary>
    public int Count => _counts.Count;

    /// <summary>The number of rows of a series.</summary>
    public long Rows(int series) => _counts[series];

    /// <summary>The series that a row, counted from 0, is the last of; -1 when it is followed by another.</summary>
    public int SeriesEndedBy(long row) => _seriesByLast.GetValueOrDefault(row, -1);

    /// <summary>Reads the group and the time of all rows.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or a series is not in order of time.</exception>
    public static SeriesEnds Read(IDataView history, DataViewSchema.Column? group, DataViewSchema.Column? time, CancellationToken token)
    {
        var ends = new SeriesEnds(SeriesNames.Create(group), time is { } column ? SeriesTimes.Create(column) : null);
        using var cursor = OneCursor.Open(history, [.. new[] { group, time }.OfType<DataViewSchema.Column>()]);
        var (next, current) = (ends.Names.Adding(cursor), 0);
        var clock = ends.Times?.History(cursor, () => $"Forecast: row {cursor.Position + 1}, {ends.Names.Describe(current)}");
        while (cursor.MoveNext())
        {
            token.ThrowIfCancellationRequested();
            current = next();
            ends.Add(current, cursor.Position);
            clock?.Invoke(current);
        }
        ends.Finish();
        return ends;
    }

    /// <summary>Checks that the times to forecast are known.</summary>
    /// <exception cref="InvalidOperationException">They are not: no series has two rows.</exception>
    public void CheckTimes(int horizon)
    {
        if (Times is null || Enumerable.Range(0, Count).All(series => Times.IsKnown(series, horizon)))
            return;
        throw new InvalidOperationException($"Forecast: {Names.Describe(0)} has one row{(Count > 1 ? ", and so has every other," : "")} which does "
            + $"not tell the step of time column '{Times.Column.Name}'. Give a history of at least two rows.");
    }

    private void Add(int series, long row)
    {
        if (series == _counts.Count)
        {
            _counts.Add(0);
            _last.Add(0);
        }
        _counts[series]++;
        _last[series] = row;
    }

    private void Finish()
    {
        if (Count == 0)
            throw new InvalidOperationException("Forecast: the history has no rows. Check the file or filter it comes from.");
        Times?.Recognize();
        for (var series = 0; series < Count; series++)
            _seriesByLast.Add(_last[series], series);
    }
}
