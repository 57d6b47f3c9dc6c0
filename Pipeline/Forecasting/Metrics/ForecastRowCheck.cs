namespace MlNetRnn;

/// <summary>Whether a row can be evaluated: sizes, labels that are numbers or NaN, and forecasts that are numbers where there is a label.</summary>
internal static class ForecastRowCheck
{
    /// <returns>Whether the row has a label.</returns>
    /// <exception cref="InvalidOperationException">The row, counted from 1, cannot be evaluated.</exception>
    public static bool HasLabel(in ForecastRow row, ForecastErrorSums sums, long number)
    {
        var (size, targets) = (sums.Steps * sums.Targets, sums.Targets);
        if (row.Label.Length != size || row.Forecast.Length != row.Label.Length)
            throw new InvalidOperationException($"Row {number} has {row.Label.Length} labels and {row.Forecast.Length} forecasts, expected "
                + $"{size} of each: every row must have the same number of steps.");
        if (!HasLabel(row.Label, targets, number))
            return false;
        CheckFinite(row.Forecast, "forecast", targets, number);
        CheckBounds(row, targets, number);
        if (sums.Levels > 0)
        {
            CheckSize(row.Quantiles, "quantiles", size * sums.Levels, number);
            CheckFinite(row.Quantiles, "quantile", sums.Levels, number);
        }
        return true;
    }

    private static bool HasLabel(ReadOnlySpan<float> label, int targets, long number)
    {
        var any = false;
        for (var i = 0; i < label.Length; i++)
        {
            if (float.IsInfinity(label[i]))
                throw new InvalidOperationException($"Row {number}, step {(i / targets) + 1}: the label is {label[i]}, expected a number, or NaN "
                    + "where it is not known. Correct the data, for example with ReplaceMissingValues or a filter.");
            any |= !float.IsNaN(label[i]);
        }
        return any;
    }

    private static void CheckBounds(in ForecastRow row, int targets, long number)
    {
        if (row.Lower.IsEmpty && row.Upper.IsEmpty)
            return;
        CheckSize(row.Lower, "lower bounds", row.Label.Length, number);
        CheckSize(row.Upper, "upper bounds", row.Label.Length, number);
        CheckFinite(row.Lower, "lower bound", targets, number);
        CheckFinite(row.Upper, "upper bound", targets, number);
        for (var i = 0; i < row.Lower.Length; i++)
            if (row.Lower[i] > row.Upper[i])
                throw new InvalidOperationException($"Row {number}, step {(i / targets) + 1}: the lower bound {row.Lower[i]} is above the upper "
                    + $"bound {row.Upper[i]}. Check that LowerBoundColumnName and UpperBoundColumnName are not interchanged.");
    }

    private static void CheckSize(ReadOnlySpan<float> values, string what, int size, long number)
    {
        if (values.Length != size)
            throw new InvalidOperationException($"Row {number} has {values.Length} {what}, expected {size}: every row must have the same "
                + "number of steps.");
    }

    private static void CheckFinite(ReadOnlySpan<float> values, string what, int perStep, long number)
    {
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i]))
                throw new InvalidOperationException($"Row {number}, step {(i / perStep) + 1}: the {what} is {values[i]}, expected a number, "
                    + "for a row that has a label. Check the features of that row, or the model.");
    }
}
