namespace MlNetRnn;

/// <summary>The errors of the seasonal naive forecast in the in-sample part of a series, by which errors are scaled.</summary>
/// <param name="Absolute">The mean of |y[t] - y[t-m]|; NaN where there is no pair.</param>
/// <param name="Squared">The mean of (y[t] - y[t-m])²; NaN where there is no pair.</param>
internal readonly record struct InSampleScale(double Absolute, double Squared)
{
    /// <summary>Whether errors can be divided by it: false for a constant series and one that is no longer than a season.</summary>
    public bool IsUsable => Absolute > 0 && double.IsFinite(Squared) && Squared > 0;

    /// <summary>The scale of values, oldest first; pairs of which a value is NaN are left out.</summary>
    public static InSampleScale Of(ReadOnlySpan<float> inSample, int seasonLength)
    {
        var (absolute, squared, pairs) = (0.0, 0.0, 0L);
        for (var t = seasonLength; t < inSample.Length; t++)
        {
            var difference = (double)inSample[t] - inSample[t - seasonLength];
            if (double.IsNaN(difference))
                continue;
            absolute += Math.Abs(difference);
            squared += difference * difference;
            pairs++;
        }
        return new(absolute / pairs, squared / pairs);
    }
}
