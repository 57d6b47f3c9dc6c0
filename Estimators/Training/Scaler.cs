namespace MlNetRnn;

/// <summary>
/// Brings sequences and labels into the units that the network works in: optionally relative to the window's last step, then
/// standardised. The ONNX graph repeats the same Single operations in the same order (<see cref="ModelEmitter"/>).
/// </summary>
internal sealed class Scaler
{
    private readonly Sequences _sequences;
    private readonly int _features;

    private Scaler(Sequences sequences, int targets, int[]? differencedFeatures)
    {
        _sequences = sequences;
        _features = sequences.Features;
        DifferencedFeatures = differencedFeatures;
        (FeatureMeans, FeatureScales) = (new float[_features], new float[_features]);
        (TargetMeans, TargetScales) = (new float[targets], new float[targets]);
        FeatureScales.AsSpan().Fill(1);
        TargetScales.AsSpan().Fill(1);
    }

    public float[] FeatureMeans { get; }

    public float[] FeatureScales { get; }

    public float[] TargetMeans { get; }

    public float[] TargetScales { get; }

    /// <summary>For each target the feature whose last value it is relative to; null without differencing.</summary>
    public int[]? DifferencedFeatures { get; }

    /// <summary>Fits the scaling on training sequences only.</summary>
    /// <param name="sequences">The sequences; labels are <c>[horizon, targets]</c>.</param>
    /// <param name="training">Those that train.</param>
    /// <param name="options">What is scaled.</param>
    /// <param name="targets">Targets of a label.</param>
    /// <param name="targetFeatures">With differencing, the feature that each target is.</param>
    public static Scaler Fit(Sequences sequences, int[] training, ScalingOptions options, int targets, int[]? targetFeatures)
    {
        var scaler = new Scaler(sequences, targets, options.Difference ? targetFeatures : null);
        if (options.StandardizeFeatures)
            scaler.FitFeatures(training);
        if (options.StandardizeTarget)
            scaler.FitTarget(training);
        return scaler;
    }

    /// <summary>The scaling of a model at hand: its weights work in those units.</summary>
    public static Scaler Of(SequenceModel model, Sequences sequences)
    {
        var scaling = model.Manifest.Scaling;
        var scaler = new Scaler(sequences, scaling.TargetMeans.Length, scaling.DifferencedFeatures is { } f ? [.. f] : null);
        scaling.FeatureMeans.CopyTo(scaler.FeatureMeans);
        scaling.FeatureScales.CopyTo(scaler.FeatureScales);
        scaling.TargetMeans.CopyTo(scaler.TargetMeans);
        scaling.TargetScales.CopyTo(scaler.TargetScales);
        return scaler;
    }

    /// <summary>Scaled value of a sequence at a step.</summary>
    public void Sequence(int index, Span<float> destination, int stepStride)
    {
        var values = _sequences[index]; // [steps, features]
        int steps = values.Length / _features;
        var last = values[((steps - 1) * _features)..];
        for (int f = 0; f < _features; f++)
        {
            float origin = DifferencedFeatures is null ? 0 : last[f], mean = FeatureMeans[f], scale = FeatureScales[f];
            for (int t = 0; t < steps; t++)
                destination[t * stepStride + f] = (values[t * _features + f] - origin - mean) / scale;
        }
    }

    /// <summary>Scaled label of a sequence; NaN stays NaN.</summary>
    public void Label(int index, Span<float> destination)
    {
        var label = _sequences.Labels.Slice(index * _sequences.LabelSize, _sequences.LabelSize);
        for (int k = 0; k < label.Length; k++)
        {
            int target = k % TargetMeans.Length;
            destination[k] = (label[k] - Origin(index, target) - TargetMeans[target]) / TargetScales[target];
        }
    }

    private float Origin(int index, int target) =>
        DifferencedFeatures is { } features ? _sequences[index][^(_features - features[target])] : 0;

    private void FitFeatures(int[] training)
    {
        int[] byStart = [.. training.OrderBy(i => _sequences.Ranges[i].Start)]; // series that take turns lie one behind the other
        for (int f = 0; f < _features; f++)
        {
            var moments = DifferencedFeatures is null ? RowMoments(byStart, f) : WindowMoments(training, f);
            (FeatureMeans[f], FeatureScales[f]) = moments.MeanAndScale();
        }
    }

    private void FitTarget(int[] training)
    {
        for (int target = 0; target < TargetMeans.Length; target++)
            (TargetMeans[target], TargetScales[target]) = TargetMoments(training, target).MeanAndScale();
    }

    private Moments TargetMoments(int[] training, int target)
    {
        var moments = new Moments();
        foreach (int i in training)
        {
            float origin = Origin(i, target);
            var label = _sequences.Labels.Slice(i * _sequences.LabelSize, _sequences.LabelSize); // [horizon, targets]
            for (int k = target; k < label.Length; k += TargetMeans.Length)
            {
                if (!float.IsNaN(label[k]))
                    moments.Add(label[k] - origin);
            }
        }
        return moments;
    }

    // Each row once, however many windows hold it.
    private Moments RowMoments(int[] byStart, int feature)
    {
        var moments = new Moments();
        int covered = 0;
        foreach (int i in byStart)
        {
            var range = _sequences.Ranges[i];
            for (int row = Math.Max(covered, range.Start); row < range.Start + range.Length; row++)
                moments.Add(_sequences.Values[row * _features + feature]);
            covered = Math.Max(covered, range.Start + range.Length);
        }
        return moments;
    }

    // Relative to each window's last step, every window has values of its own.
    private Moments WindowMoments(int[] training, int feature)
    {
        var moments = new Moments();
        foreach (int i in training)
        {
            var values = _sequences[i];
            float origin = values[^(_features - feature)];
            for (int at = feature; at < values.Length; at += _features)
                moments.Add(values[at] - origin);
        }
        return moments;
    }

    /// <summary>Running mean and variance (Welford, 1962): no catastrophic cancellation for series far from zero.</summary>
    private sealed class Moments
    {
        private long _count;
        private double _mean;
        private double _squares;

        public void Add(double value)
        {
            double delta = value - _mean;
            _mean += delta / ++_count;
            _squares += delta * (value - _mean);
        }

        public (float Mean, float Scale) MeanAndScale()
        {
            if (_count == 0)
                return (0, 1); // a target that is labelled nowhere
            float scale = (float)Math.Sqrt(_squares / _count);
            return ((float)_mean, scale > 1e-6f * Math.Abs((float)_mean) && scale > 0 ? scale : 1); // a constant has no scale
        }
    }
}
