namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>A long table: a row for each series and time. Rows may stand in any order; missing values are filled by straight lines.</summary>
internal static class LongFile
{
    /// <exception cref="FormatException">A cell is not what it should be, or a time is there twice in a series.</exception>
    public static TimeSeries[] Read(string path, string id, string time, string value)
    {
        string[][] cells = TableRows.Read(path, id, time, value);
        var (times, values) = (TableRows.Times(path, time, cells[1]), TableRows.Numbers(path, value, cells[2]));
        if (times.Length == 0)
            throw new FormatException($"'{path}' has a header alone; expected rows of series, time and value.");
        return [.. Enumerable.Range(0, times.Length).GroupBy(i => cells[0][i]).Select(rows => Series(path, rows.Key, [.. rows.OrderBy(i => times[i])], times, values))];
    }

    private static TimeSeries Series(string path, string name, int[] rows, DateTime[] times, float[] values)
    {
        DateTime[] own = [.. rows.Select(i => times[i])];
        for (int i = 1; i < rows.Length; i++)
        {
            if (own[i] == own[i - 1])
                throw new FormatException($"'{path}': series '{name}' has {own[i]:yyyy-MM-dd HH:mm} twice, in rows {rows[i - 1] + 1} and {rows[i] + 1}. Remove one.");
        }
        return WithoutHoles(name, own, [.. rows.Select(i => values[i])]);
    }

    // A weekend is no gap in a series that never has one.
    private static bool AreBusinessDays(DateTime[] times) =>
        times.Length > 5 && Frequency.StepOf(times).TotalDays is 1 && !times.Any(t => t.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday);

    // Times that are missing get a missing value: where the step is a fixed time span, months have their own lengths.
    private static TimeSeries WithoutHoles(string name, DateTime[] times, float[] values)
    {
        if (times.Length < 3 || Frequency.Of(times) is not { Name: "hourly" or "daily" or "weekly" } || AreBusinessDays(times))
            return new(name, Gaps.Filled(values)) { Times = times };
        var step = Frequency.StepOf(times);
        var (allTimes, all) = (new List<DateTime>(), new List<float>());
        for (int i = 0; i < times.Length; i++)
        {
            for (var next = i == 0 ? times[0] : times[i - 1] + step; next < times[i] - (step / 2); next += step)
            {
                allTimes.Add(next);
                all.Add(float.NaN);
            }
            allTimes.Add(times[i]);
            all.Add(values[i]);
        }
        return new(name, Gaps.Filled([.. all])) { Times = [.. allTimes] };
    }
}
