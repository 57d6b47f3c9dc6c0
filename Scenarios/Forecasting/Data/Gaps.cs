namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>
/// Missing values, NaN. What trains has them filled; what forecasts are measured by stays unknown there, and nothing is filled from behind an
/// origin, which would tell what is to be forecast.
/// </summary>
internal static class Gaps
{
    /// <summary>
    /// The values with straight lines over missing ones, the next known value before the first one and the last one behind it; values of which
    /// none is known are all 0.
    /// </summary>
    public static float[] Filled(ReadOnlySpan<float> values)
    {
        float[] filled = values.ToArray();
        int previous = -1;
        for (int i = 0; i <= filled.Length; i++)
        {
            if (i < filled.Length && float.IsNaN(filled[i]))
                continue;
            for (int gap = previous + 1; gap < i; gap++)
                filled[gap] = Between(filled, previous, i, gap);
            previous = i;
        }
        return filled;
    }

    /// <summary>The values, each missing one as the last known before it, or <paramref name="first"/> before there is any: nothing looks ahead.</summary>
    public static float[] Carried(ReadOnlySpan<float> values, float first = 0)
    {
        float[] carried = values.ToArray();
        for (int i = 0; i < carried.Length; i++)
            carried[i] = first = float.IsNaN(carried[i]) ? first : carried[i];
        return carried;
    }

    /// <summary>The series from its first known value to its last; null where none is known.</summary>
    public static TimeSeries? Trimmed(TimeSeries series)
    {
        int first = Array.FindIndex(series.Values, float.IsFinite), end = Array.FindLastIndex(series.Values, float.IsFinite) + 1;
        return first < 0 ? null : series with { Values = series.Values[first..end], Times = series.Times?[first..end] };
    }

    private static float Between(float[] values, int before, int after, int at) => (before >= 0, after < values.Length) switch
    {
        (true, true) => values[before] + ((values[after] - values[before]) * (at - before) / (after - before)),
        (true, false) => values[before],
        (false, true) => values[after],
        _ => 0,
    };
}
