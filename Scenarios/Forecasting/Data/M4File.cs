namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>
/// A file of the M4 competition: a header, then on each line a series, its name and its values, with empty cells behind shorter ones.
/// </summary>
internal static class M4File
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">A line is not a series; the message names it.</exception>
    /// <param name="path">The file.</param>
    /// <param name="areActual">Whether values that are not known (NA) stay so, in number, too; else those at the end are none, and those between are filled.</param>
    public static TimeSeries[] Read(string path, bool areActual = false)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}'; see --train and --test.", path);
        using var lines = new NumberedLines(path);
        if (lines.Next() is null)
            throw new FormatException($"'{path}' is empty; expected a header row, and a series on each line.");
        var (series, names) = (new List<TimeSeries>(), new HashSet<string>());
        while (lines.Next() is { } line)
        {
            if (line.Length == 0)
                continue;
            var read = Series(lines, line, areActual);
            if (!names.Add(read.Id))
                throw lines.Error("a series of its own on each line", $"'{read.Id}' again");
            series.Add(read);
        }
        return series.Count > 0 ? [.. series] : throw new FormatException($"'{path}' has a header alone; expected a series on each line below it.");
    }

    /// <summary>The series of two files: what came before and what came after.</summary>
    /// <exception cref="FormatException">A series is in one file only, or what came after has not as many values as the others.</exception>
    /// <param name="train">The file of what came before.</param>
    /// <param name="test">The file of what came after.</param>
    /// <param name="frequency">How often there is a value.</param>
    /// <param name="steps">How many of the steps after are forecast; null for all.</param>
    public static ForecastData ReadPair(string train, string test, Frequency frequency, int? steps = null)
    {
        var before = Read(train);
        var after = Read(test, areActual: true).ToDictionary(s => s.Id, s => s.Values);
        if (before.FirstOrDefault(s => !after.ContainsKey(s.Id)) is { } lonely)
            throw new FormatException($"Series '{lonely.Id}' of '{train}' is not in '{test}'; the two files need the same series.");
        if (after.Count > before.Length)
        {
            string extra = after.Keys.Except(before.Select(s => s.Id)).First();
            throw new FormatException($"Series '{extra}' of '{test}' is not in '{train}'; the two files need the same series.");
        }
        int horizon = after.Values.Max(v => v.Length);
        if (after.FirstOrDefault(s => s.Value.Length < horizon) is { Key: not null } shorter)
        {
            throw new FormatException($"Series '{shorter.Key}' of '{test}' has {shorter.Value.Length} values, others {horizon}; each needs as many, NA where one "
                + "is not known.");
        }
        if (steps > horizon)
            throw new ArgumentException($"--horizon {steps} is more than the {horizon} values of each series in '{test}'.");
        int ahead = steps ?? horizon;
        return new(Path.GetFileName(train), frequency, ahead, before, [.. before.Select(s => after[s.Id][..ahead])]);
    }

    private static TimeSeries Series(NumberedLines lines, string line, bool areActual)
    {
        var (values, name, last) = (new List<float>(), "", 0);
        int column = 0;
        foreach (var range in line.AsSpan().Split(','))
        {
            var cell = line.AsSpan()[range];
            if (column++ == 0)
            {
                name = cell.Trim().Trim('"').ToString();
                continue;
            }
            values.Add(NumberCell.Parse(cell) ?? throw lines.Error($"a number in column {column} of series '{name}'", NumberedLines.Quote(cell)));
            if (!float.IsNaN(values[^1]) || (areActual && cell.Trim().Trim('"').Length > 0))
                last = values.Count; // behind the last value there is nothing
        }
        if (last == 0)
            throw lines.Error($"values of series '{name}'", "none");
        var series = new TimeSeries(name, [.. values[..last]]);
        return areActual ? series : series with { Values = Gaps.Filled(Gaps.Trimmed(series)!.Values) };
    }
}
