using System.Runtime.InteropServices;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>The series of a backtest: their names, their values (4 bytes per row), and the times of their last rows.</summary>
internal sealed class BacktestSeries
{
    private readonly List<List<float>> _values = [];

    private BacktestSeries(BacktestColumns columns, int tail)
    {
        Names = SeriesNames.Create(columns.Group);
        Times = columns.Time is { } time ? SeriesTimes.Create(time, tail) : null;
    }

    public SeriesNames Names { get; }

    public SeriesTimes? Times { get; }

    public int Count => _values.Count;

    /// <summary>The values of a series, oldest first; NaN where one is missing.</summary>
    public ReadOnlySpan<float> Values(int series) => CollectionsMarshal.AsSpan(_values[series]);

    /// <summary>Reads the group, the time and the value of all rows.</summary>
    /// <param name="data">The raw rows.</param>
    /// <param name="columns">What to read.</param>
    /// <param name="tail">How many times of each series are kept.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">There is no row, a series is not in order of time, or a value is infinite.</exception>
    public static BacktestSeries Read(IDataView data, BacktestColumns columns, int tail, CancellationToken token)
    {
        var read = new BacktestSeries(columns, tail);
        DataViewSchema.Column[] needed = [.. new[] { columns.Group, columns.Time, columns.Value }.OfType<DataViewSchema.Column>()
            .DistinctBy(column => column.Index)];
        using var cursor = OneCursor.Open(data, needed);
        var (next, values, current) = (read.Names.Adding(cursor), new ColumnsReader(cursor, [columns.Value]), 0);
        string Row() => $"Backtest: row {cursor.Position + 1}, {read.Names.Describe(current)}";
        var clock = read.Times?.History(cursor, Row);
        while (cursor.MoveNext())
        {
            token.ThrowIfCancellationRequested();
            current = next();
            clock?.Invoke(current);
            var value = values.Read()[0];
            if (float.IsInfinity(value))
                throw new InvalidOperationException($"{Row()}: '{columns.Value.Name}' is {value}, expected a number, or NaN where it is missing.");
            if (current == read.Count)
                read._values.Add([]);
            read._values[current].Add(value);
        }
        return read.Count > 0 ? read : throw new InvalidOperationException("Backtest: the data has no rows. Check the file or filter it comes from.");
    }
}
