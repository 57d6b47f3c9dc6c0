namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Missing values inside of a series.</summary>
internal static class Gaps
{
    /// <summary>
    /// The series with straight lines over missing values, the next known value before the first one and the last one behind it; a series
    /// without any value is all 0.
    /// </summary>
    public static float[] Filled(float[] values)
    {
        int previous = -1;
        for (int i = 0; i <= values.Length; i++)
        {
            if (i < values.Length && float.IsNaN(values[i]))
                continue;
            for (int gap = previous + 1; gap < i; gap++)
                values[gap] = Between(values, previous, i, gap);
            previous = i;
        }
        return values;
    }

    private static float Between(float[] values, int before, int after, int at) => (before >= 0, after < values.Length) switch
    {
        (true, true) => values[before] + ((values[after] - values[before]) * (at - before) / (after - before)),
        (true, false) => values[before],
        (false, true) => values[after],
        _ => 0,
    };
}
