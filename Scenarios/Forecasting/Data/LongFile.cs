using System.Globalization;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>A long table: a row for each series and time, in any order. Times that are missing get a missing value, NaN.</summary>
internal static class LongFile
{
    private const int MostMissing = 10, FewMissing = 1000; // times for each that is there, and in any case

    /// <exception cref="FormatException">A cell is not what it should be, or a time is there twice in a series.</exception>
    public static TimeSeries[] Read(string path, string id, string time, string value)
    {
        var rows = new TableRows(path);
        var (series, numbers) = (new List<Cells>(), new Dictionary<string, int>());
        var known = numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        rows.Read([id, time, value], cells =>
        {
            if (!known.TryGetValue(cells[0].Span, out int number))
            {
                if (cells[0].Span.IsWhiteSpace())
                    throw new FormatException($"Row {rows.Row} of '{path}', column '{id}': expected the name of a series, found nothing.");
                numbers.Add(cells[0].ToString(), number = series.Count);
                series.Add(new(cells[0].ToString(), [], [], []));
            }
            series[number].Times.Add(rows.Time(cells, 1));
            series[number].Values.Add(rows.Number(cells, 2));
            series[number].Rows.Add(rows.Row);
        });
        return series.Count > 0
            ? [.. series.Select(s => Series(path, s))]
            : throw new FormatException($"'{path}' has a header alone; expected rows of series, time and value.");
    }

    private static TimeSeries Series(string path, Cells cells)
    {
        int[] order = [.. Enumerable.Range(0, cells.Times.Count).OrderBy(i => cells.Times[i])];
        DateTime[] times = [.. order.Select(i => cells.Times[i])];
        for (int i = 1; i < order.Length; i++)
        {
            if (times[i] == times[i - 1])
            {
                throw new FormatException($"'{path}': series '{cells.Name}' has {Text(times[i])} twice, in rows {cells.Rows[order[i - 1]]} and "
                    + $"{cells.Rows[order[i]]}. Remove one.");
            }
        }
        return WithoutHoles(path, cells.Name, times, [.. order.Select(i => cells.Values[i])]);
    }

    private static TimeSeries WithoutHoles(string path, string name, DateTime[] times, float[] values)
    {
        if (TimeSteps.Of(times) is not { } step)
            return new(name, values) { Times = times };
        long[] steps = [.. times.Zip(times.Skip(1), step.Between)];
        CheckHoles(path, name, times, steps);
        var (allTimes, all) = (new List<DateTime> { times[0] }, new List<float> { values[0] });
        for (int i = 1; i < times.Length; i++)
        {
            int missing = (int)steps[i - 1] - 1;
            if (missing > 0)
                allTimes.AddRange(step.After(times[i - 1], missing));
            all.AddRange(Enumerable.Repeat(float.NaN, missing));
            allTimes.Add(times[i]);
            all.Add(values[i]);
        }
        return new(name, [.. all]) { Times = [.. allTimes] };
    }

    // A mistyped year would make millions of values out of nothing.
    private static void CheckHoles(string path, string name, DateTime[] times, long[] steps)
    {
        long missing = steps.Sum(s => s - 1);
        if (missing <= ((long)MostMissing * times.Length) + FewMissing)
            return;
        int widest = Array.IndexOf(steps, steps.Max());
        throw new FormatException($"'{path}': series '{name}' has {times.Length} times, and {missing} are missing between them, most of them from "
            + $"{Text(times[widest])} to {Text(times[widest + 1])}. Correct the times, or give the series in parts.");
    }

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private sealed record Cells(string Name, List<DateTime> Times, List<float> Values, List<int> Rows);
}
