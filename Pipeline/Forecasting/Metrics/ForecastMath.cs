namespace MlNetRnn;

/// <summary>
/// The arithmetic of forecasting metrics, in double precision: for one value, and over the steps of one series. Labels that are NaN are
/// left out value by value; the result is NaN where nothing is left. Definitions: <see cref="ForecastAccuracyMeasures"/>.
/// </summary>
internal static class ForecastMath
{
    /// <summary>100 |y - f| / |y|; NaN for a label of zero.</summary>
    public static double PercentageError(double label, double forecast)
        => label == 0 ? double.NaN : 100 * Math.Abs(label - forecast) / Math.Abs(label);

    /// <summary>200 |y - f| / (|y| + |f|); 0 where both are zero.</summary>
    public static double SymmetricPercentageError(double label, double forecast)
        => label == 0 && forecast == 0 ? 0 : 200 * Math.Abs(label - forecast) / (Math.Abs(label) + Math.Abs(forecast));

    /// <summary>The quantile (pinball) loss of a level in (0, 1).</summary>
    public static double Pinball(double label, double quantile, double level)
        => label >= quantile ? level * (label - quantile) : (1 - level) * (quantile - label);

    /// <summary>The interval score: the width, and 2/alpha times what the label is outside of it, alpha = 1 - level.</summary>
    public static double IntervalScore(double label, double lower, double upper, double confidenceLevel)
        => upper - lower + (2 / (1 - confidenceLevel) * (Math.Max(lower - label, 0) + Math.Max(label - upper, 0)));

    public static double Mae(ReadOnlySpan<float> label, ReadOnlySpan<float> forecast)
        => Mean(label, forecast, static (y, f) => Math.Abs(y - f));

    public static double Mse(ReadOnlySpan<float> label, ReadOnlySpan<float> forecast)
        => Mean(label, forecast, static (y, f) => (y - f) * (y - f));

    public static double Rmse(ReadOnlySpan<float> label, ReadOnlySpan<float> forecast) => Math.Sqrt(Mse(label, forecast));

    /// <summary>In percent.</summary>
    public static double Mape(ReadOnlySpan<float> label, ReadOnlySpan<float> forecast) => Mean(label, forecast, PercentageError);

    /// <summary>In percent.</summary>
    public static double Smape(ReadOnlySpan<float> label, ReadOnlySpan<float> forecast) => Mean(label, forecast, SymmetricPercentageError);

    /// <summary>NaN where the scale is not usable.</summary>
    public static double Mase(ReadOnlySpan<float> label, ReadOnlySpan<float> forecast, InSampleScale scale)
        => scale.IsUsable ? Mae(label, forecast) / scale.Absolute : double.NaN;

    /// <summary>NaN where the scale is not usable.</summary>
    public static double Rmsse(ReadOnlySpan<float> label, ReadOnlySpan<float> forecast, InSampleScale scale)
        => scale.IsUsable ? Math.Sqrt(Mse(label, forecast) / scale.Squared) : double.NaN;

    /// <summary>The mean interval score over the scale; NaN where that is not usable.</summary>
    public static double Msis(ReadOnlySpan<float> label, ReadOnlySpan<float> lower, ReadOnlySpan<float> upper, double confidenceLevel,
        InSampleScale scale)
    {
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < label.Length; i++)
            if (!float.IsNaN(label[i]))
                (sum, count) = (sum + IntervalScore(label[i], lower[i], upper[i], confidenceLevel), count + 1);
        return scale.IsUsable ? sum / count / scale.Absolute : double.NaN;
    }

    /// <summary>The share of labels within [lower, upper].</summary>
    public static double Coverage(ReadOnlySpan<float> label, ReadOnlySpan<float> lower, ReadOnlySpan<float> upper)
    {
        var (within, count) = (0, 0);
        for (var i = 0; i < label.Length; i++)
            if (!float.IsNaN(label[i]))
                (within, count) = (within + (lower[i] <= label[i] && label[i] <= upper[i] ? 1 : 0), count + 1);
        return (double)within / count;
    }

    /// <summary>The mean over the levels of 2 Σ pinball / Σ |y|; NaN where every label is zero.</summary>
    /// <param name="label">[steps]</param>
    /// <param name="quantiles">[steps, levels]</param>
    /// <param name="levels">Each in (0, 1).</param>
    public static double WeightedQuantileLoss(ReadOnlySpan<float> label, ReadOnlySpan<float> quantiles, ReadOnlySpan<double> levels)
    {
        var (loss, size) = (0.0, 0.0);
        for (var i = 0; i < label.Length; i++)
        {
            if (float.IsNaN(label[i]))
                continue;
            size += Math.Abs((double)label[i]);
            loss += Pinball(label[i], quantiles.Slice(i * levels.Length, levels.Length), levels);
        }
        return size == 0 ? double.NaN : 2 * loss / levels.Length / size;
    }

    /// <summary>The sum of the pinball losses of a label's quantiles, one per level.</summary>
    public static double Pinball(double label, ReadOnlySpan<float> quantiles, ReadOnlySpan<double> levels)
    {
        var sum = 0.0;
        for (var q = 0; q < levels.Length; q++)
            sum += Pinball(label, quantiles[q], levels[q]);
        return sum;
    }

    // NaN both for a missing label and for a value that the error is not defined for.
    private static double Mean(ReadOnlySpan<float> label, ReadOnlySpan<float> forecast, Func<double, double, double> error)
    {
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < label.Length; i++)
        {
            if (float.IsNaN(label[i]))
                continue;
            var value = error(label[i], forecast[i]);
            if (!double.IsNaN(value) || float.IsNaN(forecast[i]))
                (sum, count) = (sum + value, count + 1);
        }
        return sum / count;
    }
}
