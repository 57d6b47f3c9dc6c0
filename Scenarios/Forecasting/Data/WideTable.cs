namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>
/// A wide table: a row for each time, a column for each series, all forecast from every row of the test part. Values are standardised by the
/// training part, as is the custom with such tables, so that errors of the columns can be averaged.
/// </summary>
/// <param name="Title">What it is.</param>
/// <param name="Frequency">How often there is a row.</param>
/// <param name="Horizon">Steps to forecast.</param>
/// <param name="Columns">The series, whole, standardised.</param>
/// <param name="Training">Rows that train.</param>
/// <param name="Validation">Rows after them that validate.</param>
internal sealed record WideTable(string Title, Frequency Frequency, int Horizon, TimeSeries[] Columns, int Training, int Validation)
{
    private const int DaysOfAMonth = 30;
    private static readonly int[] s_monthsOfTheEtdSplit = [12, 4, 4]; // of the electricity transformer tables

    public int Rows => Columns[0].Values.Length;

    /// <summary>The first row of the test part.</summary>
    public int TestStart => Training + Validation;

    /// <summary>The values of each column, standardised; NaN where they are missing, which <see cref="Columns"/> carries on from the last known.</summary>
    public required float[][] Known { get; init; }

    /// <param name="path">The file.</param>
    /// <param name="names">The columns to take; empty for all columns of numbers but the first, which is the time.</param>
    /// <param name="horizon">Steps to forecast; null for the frequency's.</param>
    /// <param name="split">Rows that train, validate and test; empty for 12, 4 and 4 months of rows within days where there are as many, else 60, 20 and 20 %.</param>
    /// <param name="frequency">How often there is a row; null to tell it by the times.</param>
    /// <exception cref="FormatException">A cell is not what it should be.</exception>
    public static WideTable Read(string path, string[] names, int? horizon, int[] split, Frequency? frequency)
    {
        var (found, times, values) = WideColumns.Read(path, names);
        frequency ??= Frequency.Of(times) ?? throw new FormatException($"'{path}' has {times.Length} rows; expected many, in order of time.");
        int ahead = horizon ?? frequency.Horizon;
        var (training, validation, rows) = Split(path, split, times.Length, frequency, ahead);
        float[][] known = [.. values.Select((column, c) => Standardised(path, found[c], column.AsSpan()[..rows], training))];
        TimeSeries[] columns = [.. known.Select((column, c) => new TimeSeries(found[c], Gaps.Carried(column)) { Times = times[..rows] })];
        return new(Path.GetFileName(path), frequency, ahead, columns, training, validation) { Known = known };
    }

    private static (int Training, int Validation, int Rows) Split(string path, int[] given, int rows, Frequency frequency, int horizon)
    {
        int[] months = [.. s_monthsOfTheEtdSplit.Select(m => m * DaysOfAMonth * frequency.Season)];
        int[] split = given.Length > 0 ? given
            : frequency.IsWithinDay && rows >= months.Sum() ? months
            : [rows * 6 / 10, rows * 2 / 10, rows - (rows * 6 / 10) - (rows * 2 / 10)];
        if (split.Sum() > rows)
            throw new ArgumentException($"--split asks for {split.Sum()} rows, and '{path}' has {rows}.");
        if (split.Min() <= horizon)
            throw new ArgumentException($"The horizon is {horizon} steps, and the smallest of the three parts of '{path}' has {split.Min()} rows; each needs more.");
        return (split[0], split[1], split.Sum());
    }

    // A constant column stays constant.
    private static float[] Standardised(string path, string name, ReadOnlySpan<float> values, int training)
    {
        double[] known = [.. values[..training].ToArray().Where(float.IsFinite).Select(v => (double)v)];
        if (known.Length == 0)
            throw new FormatException($"'{path}', column '{name}': none of the {training} rows that train has a value. Leave it out, by --columns.");
        double mean = known.Average(), deviation = Math.Sqrt(known.Average(v => (v - mean) * (v - mean)));
        double scale = deviation > 0 ? deviation : 1;
        float[] standardised = values.ToArray();
        for (int i = 0; i < standardised.Length; i++)
            standardised[i] = (float)((standardised[i] - mean) / scale);
        return standardised;
    }
}
