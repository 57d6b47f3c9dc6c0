namespace MlNetRnn;

/// <summary>
/// Units that each window has of its own: targets are measured from a level of the window, in sizes of the window. Its ONNX form is
/// <see cref="WindowUnitsEmission"/>.
/// </summary>
/// <param name="normalization">What the level is.</param>
/// <param name="features">Values of a step.</param>
/// <param name="targetFeatures">For each target the feature that it is.</param>
/// <param name="seriesScaleAt">Where location and scale of the series stand in what is beside the window, if they are given.</param>
/// <param name="season">Steps of a season whose last values labels are measured from; 0: they are measured from the level.</param>
internal sealed class WindowUnits(WindowNormalization normalization, int features, int[] targetFeatures, int season, int? seriesScaleAt = null)
{
    /// <summary>Where the standard deviation is below this share of the level, the window counts as constant: its size is its level.</summary>
    public const float LeastShare = 1e-6f;

    private readonly float[] _last = new float[features];
    private readonly float[] _mean = new float[features];
    private readonly float[] _size = new float[features];

    public WindowNormalization Normalization => normalization;

    public int Season => season;

    /// <summary>Where location and scale of the series stand in what is beside the window; null where the window itself is measured.</summary>
    public int? SeriesScaleAt => seriesScaleAt;

    public int[] TargetFeatures => targetFeatures;

    /// <summary>Whether a feature is a target, and so in the window's units.</summary>
    public bool IsTarget(int feature) => Array.IndexOf(targetFeatures, feature) >= 0;

    /// <summary>Brings the targets among a window's values into its units; other features stay as they are.</summary>
    /// <param name="window"><c>[steps, features]</c>, real steps alone.</param>
    /// <param name="destination">The window's values, where its steps stand.</param>
    /// <param name="stepStride">From one step to the next in <paramref name="destination"/>.</param>
    /// <param name="beside">What stands beside the window.</param>
    public void Sequence(ReadOnlySpan<float> window, Span<float> destination, int stepStride, ReadOnlySpan<float> beside)
    {
        Measure(window, beside);
        foreach (int f in targetFeatures)
        {
            float last = _last[f], mean = _mean[f], size = _size[f];
            for (int at = f, to = f; at < window.Length; at += features, to += stepStride)
                destination[to] = (window[at] - last - mean) / size;
        }
    }

    /// <summary>Brings a label, <c>[horizon, targets]</c>, into the units of its window.</summary>
    public void Label(ReadOnlySpan<float> window, ReadOnlySpan<float> label, Span<float> destination, ReadOnlySpan<float> beside)
    {
        Measure(window, beside);
        for (int k = 0; k < label.Length; k++)
        {
            int f = targetFeatures[k % targetFeatures.Length];
            float fromOrigin = season > 0 ? label[k] - SeasonalValue(window, f, k / targetFeatures.Length) : label[k] - _last[f] - _mean[f];
            destination[k] = fromOrigin / _size[f];
        }
    }

    // The value a whole number of seasons before a step ahead, the latest that is in the window; the last one where none is.
    private float SeasonalValue(ReadOnlySpan<float> window, int feature, int stepAhead)
    {
        int steps = window.Length / features, step = steps - season + (stepAhead % season);
        return window[((step < 0 ? steps - 1 : step) * features) + feature];
    }

    private void Measure(ReadOnlySpan<float> window, ReadOnlySpan<float> beside)
    {
        if (seriesScaleAt is { } at)
            Take(beside[at], beside[at + 1]);
        else
            Measure(window);
    }

    private void Take(float location, float scale)
    {
        if (!(scale > 0))
        {
            throw new InvalidOperationException($"The scale of a series is {scale}, expected a number above 0. ml.Transforms.SeriesScale gives a constant "
                + "series the scale 1.");
        }
        foreach (int f in targetFeatures)
            (_last[f], _mean[f], _size[f]) = (location, 0, scale);
    }

    private void Measure(ReadOnlySpan<float> window)
    {
        int steps = window.Length / features;
        foreach (int f in targetFeatures)
        {
            float last = window[^(features - f)];
            double sum = 0, squares = 0;
            for (int at = f; at < window.Length; at += features)
                sum += window[at] - last;
            double mean = sum / steps;
            for (int at = f; at < window.Length; at += features)
            {
                double centred = window[at] - last - mean;
                squares += centred * centred;
            }
            float deviation = (float)Math.Sqrt(squares / steps), level = MathF.Abs(last);
            _last[f] = last;
            _mean[f] = normalization == WindowNormalization.Standard ? (float)mean : 0;
            _size[f] = deviation > LeastShare * level ? deviation : level > 0 ? level : 1;
        }
    }
}
