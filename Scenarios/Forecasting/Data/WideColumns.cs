namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Reads the times and the columns of numbers of a wide table.</summary>
internal static class WideColumns
{
    /// <param name="path">The file; the first column is the time.</param>
    /// <param name="names">The columns to take; empty for all of numbers.</param>
    /// <exception cref="FormatException">A cell is not what it should be, or rows are not in order of time.</exception>
    /// <exception cref="ArgumentException">A column is not there, or twice.</exception>
    public static (string[] Names, DateTime[] Times, float[][] Values) Read(string path, string[] names)
    {
        var rows = new TableRows(path);
        if (rows.Columns.Count < 2)
            throw new FormatException($"'{path}' has 1 column; expected a header with the time and one series at least.");
        string[] wanted = names.Length > 0 ? names : Numeric(path, rows);
        if (rows.Columns.Where(wanted.Contains).Concat(wanted).GroupBy(n => n).FirstOrDefault(g => g.Count() > 2) is { } twice)
            throw new ArgumentException($"Column '{twice.Key}' of '{path}' is there twice, or asked for twice; each needs a name of its own.");
        var (times, values) = (new List<DateTime>(), wanted.Select(_ => new List<float>()).ToArray());
        rows.Read([rows.Columns[0], .. wanted], cells =>
        {
            var time = rows.Time(cells, 0);
            if (times.Count > 0 && time <= times[^1])
                throw new FormatException($"Row {rows.Row} of '{path}' is of {time:yyyy-MM-dd HH:mm}, not after the row before. Sort the rows by time, each once.");
            times.Add(time);
            for (int c = 0; c < values.Length; c++)
                values[c].Add(rows.Number(cells, c + 1));
        });
        PrintGaps(times);
        return (wanted, [.. times], [.. values.Select(column => column.ToArray())]);
    }

    // By the first rows with something in them: a column that begins with a number is one of numbers, and a word further down is an error.
    private static string[] Numeric(string path, TableRows rows)
    {
        var series = rows.Columns.Skip(1).ToArray();
        var isNumber = new bool?[series.Length];
        rows.Read(series, cells =>
        {
            for (int c = 0; c < cells.Length; c++)
            {
                if (isNumber[c] is null && NumberCell.Parse(cells[c].Span) is not float.NaN and var value)
                    isNumber[c] = value is not null;
            }
        });
        string[] text = [.. series.Where((_, c) => isNumber[c] == false)], numbers = [.. series.Except(text)];
        if (numbers.Length == 0)
            throw new FormatException($"'{path}' has no column of numbers besides the first, the time.");
        if (text.Length > 0)
            Console.WriteLine($"Left out, being of text: {string.Join(", ", text)}.");
        return numbers;
    }

    private static void PrintGaps(List<DateTime> times)
    {
        if (TimeSteps.Of(times) is not { } step)
            return;
        long missing = times.Zip(times.Skip(1), (a, b) => step.Between(a, b) - 1).Sum();
        if (missing > 0)
            Console.WriteLine($"{missing} times are missing between the rows, which are taken as they stand, one after the other.");
    }
}
