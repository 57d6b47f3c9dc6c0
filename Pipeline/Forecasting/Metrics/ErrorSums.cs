namespace MlNetRnn;

/// <summary>Sums over labelled values, of which the measures are made: one per series and one per step.</summary>
internal struct ErrorSums
{
    /// <summary>The labelled rows, and those of them that have a scale. Not counted per step.</summary>
    public long Rows, ScaledRows;

    /// <summary>The labelled values, those that are zero, and those that have a scale.</summary>
    public long Values, ZeroLabels, ScaledValues;

    private double _absolute, _squared, _percentage, _symmetric;
    private double _absoluteScaled, _squaredScaled, _intervalScaled;
    private double _symmetricOfScaled, _naive2Symmetric, _naive2Scaled; // the OWA's, over the values that have a scale
    private double _pinball, _labelSize;
    private long _covered;

    public readonly double Mae => _absolute / Values;

    public readonly double Mse => _squared / Values;

    public readonly double? Mape => Quotient(_percentage, Values - ZeroLabels);

    public readonly double? Smape => Quotient(_symmetric, Values);

    public readonly double? Mase => Quotient(_absoluteScaled, ScaledValues);

    public readonly double? Rmsse => Quotient(_squaredScaled, ScaledValues) is { } mean ? Math.Sqrt(mean) : null;

    public readonly double? Msis => Quotient(_intervalScaled, ScaledValues);

    /// <summary>sMAPE over the values that have a scale, as <see cref="Mase"/> is.</summary>
    public readonly double? SmapeOfScaled => Quotient(_symmetricOfScaled, ScaledValues);

    public readonly double? Naive2Smape => Quotient(_naive2Symmetric, ScaledValues);

    public readonly double? Naive2Mase => Quotient(_naive2Scaled, ScaledValues);

    public readonly double? Coverage => Quotient(_covered, Values);

    /// <summary>For a number of levels.</summary>
    public readonly double? WeightedQuantileLoss(int levels) => Quotient(2 * _pinball / levels, _labelSize);

    public void Add(double label, double forecast)
    {
        var error = forecast - label;
        Values++;
        _absolute += Math.Abs(error);
        _squared += error * error;
        _symmetric += ForecastMath.SymmetricPercentageError(label, forecast);
        if (label == 0)
            ZeroLabels++;
        else
            _percentage += ForecastMath.PercentageError(label, forecast);
    }

    public void AddScaled(double label, double forecast, double naive2, InSampleScale scale)
    {
        var error = forecast - label;
        ScaledValues++;
        _absoluteScaled += Math.Abs(error) / scale.Absolute;
        _squaredScaled += error * error / scale.Squared;
        _symmetricOfScaled += ForecastMath.SymmetricPercentageError(label, forecast);
        _naive2Symmetric += ForecastMath.SymmetricPercentageError(label, naive2);
        _naive2Scaled += Math.Abs(naive2 - label) / scale.Absolute;
    }

    public void AddInterval(double label, double lower, double upper) => _covered += lower <= label && label <= upper ? 1 : 0;

    public void AddScaledInterval(double intervalScore, InSampleScale scale) => _intervalScaled += intervalScore / scale.Absolute;

    public void AddQuantiles(double label, ReadOnlySpan<float> quantiles, ReadOnlySpan<double> levels)
    {
        _labelSize += Math.Abs(label);
        _pinball += ForecastMath.Pinball(label, quantiles, levels);
    }

    /// <summary>Adds the sums of other values; of the measures only those over all values are meant of the result.</summary>
    public void Add(in ErrorSums other)
    {
        (Rows, Values, ZeroLabels) = (Rows + other.Rows, Values + other.Values, ZeroLabels + other.ZeroLabels);
        (_absolute, _squared) = (_absolute + other._absolute, _squared + other._squared);
        (_pinball, _labelSize, _covered) = (_pinball + other._pinball, _labelSize + other._labelSize, _covered + other._covered);
    }

    private static double? Quotient(double sum, double size) => size > 0 ? sum / size : null;
}
