using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Sums of errors per step ahead, [steps]; each row has steps × targets values.</summary>
internal sealed class ForecastErrors(int steps, int targets)
{
    private readonly double[] _absolute = new double[steps];
    private readonly double[] _squared = new double[steps];
    private readonly long[] _count = new long[steps];
    private long _labelledRows;

    public static ForecastErrors Read(IDataView data, DataViewSchema.Column label, DataViewSchema.Column forecast)
    {
        var (labelSize, forecastSize) = (SingleColumn.Size(label), SingleColumn.Size(forecast));
        if (labelSize > 0 && forecastSize > 0 && labelSize != forecastSize)
            throw new ArgumentException($"Label column '{label.Name}' is {label.Type} and forecast column '{forecast.Name}' is "
                + $"{forecast.Type}, expected the same number of steps: evaluate with the label that the forecast was trained on.");
        using var cursor = data.GetRowCursor([label, forecast]);
        var (labels, forecasts) = (new SingleColumn(cursor, label), new SingleColumn(cursor, forecast));
        var targets = SingleColumn.Targets(label);
        var errors = Math.Max(labelSize, forecastSize) is > 0 and var size ? new ForecastErrors(size / targets, targets) : null;
        while (cursor.MoveNext())
        {
            var came = labels.Read();
            var said = forecasts.Read();
            errors ??= new ForecastErrors(came.Length, 1); // both of variable size: the first row decides
            errors.Add(came, said, cursor.Position + 1);
        }
        return errors ?? new ForecastErrors(0, 1);
    }

    public ForecastingMetrics ToMetrics()
    {
        if (_labelledRows == 0)
            throw new InvalidOperationException("No row has a label: every label is NaN, or the data has no rows, and nothing can be "
                + "evaluated. Evaluate on rows whose future is in the data, and check the label column.");
        var count = _count.Sum();
        return new ForecastingMetrics
        {
            MeanAbsoluteError = _absolute.Sum() / count,
            RootMeanSquaredError = Math.Sqrt(_squared.Sum() / count),
            MeanAbsoluteErrorPerStep = [.. _absolute.Select((sum, step) => sum / _count[step])], // 0 / 0 is NaN: no label for that step
            RootMeanSquaredErrorPerStep = [.. _squared.Select((sum, step) => Math.Sqrt(sum / _count[step]))],
            LabelledRows = _labelledRows,
        };
    }

    private void Add(ReadOnlySpan<float> label, ReadOnlySpan<float> forecast, long row)
    {
        if (label.Length != _count.Length * targets || forecast.Length != label.Length)
            throw new InvalidOperationException($"Row {row} has {label.Length} labels and {forecast.Length} forecasts, expected "
                + $"{_count.Length * targets} of each: every row must have the same number of steps.");
        if (!HasLabel(label, row))
            return;
        _labelledRows++;
        for (var i = 0; i < label.Length; i++)
        {
            if (!float.IsFinite(forecast[i]))
                throw new InvalidOperationException($"Row {row}, step {(i / targets) + 1}: the forecast is {forecast[i]}, expected a number, "
                    + "for a row that has a label. Check the features of that row, or the model.");
            if (!float.IsNaN(label[i]))
                Add(i / targets, (double)forecast[i] - label[i]);
        }
    }

    private void Add(int step, double error)
    {
        _absolute[step] += Math.Abs(error);
        _squared[step] += error * error;
        _count[step]++;
    }

    private bool HasLabel(ReadOnlySpan<float> label, long row)
    {
        var any = false;
        for (var i = 0; i < label.Length; i++)
        {
            if (float.IsInfinity(label[i]))
                throw new InvalidOperationException($"Row {row}, step {(i / targets) + 1}: the label is {label[i]}, expected a number, or NaN "
                    + "where it is not known. Correct the data, for example with ReplaceMissingValues or a filter.");
            any |= !float.IsNaN(label[i]);
        }
        return any;
    }
}
