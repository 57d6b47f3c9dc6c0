namespace MlNetRnn;

/// <summary>
/// Brings sequences and labels into the units that the network works in: optionally relative to the window's last step, then
/// standardised. The ONNX graph repeats the same Single operations in the same order (<see cref="ModelEmitter"/>).
/// </summary>
internal sealed class Scaler
{
    private readonly int _features;
    private readonly float[] _noOrigin;

    /// <param name="features">Values of a step.</param>
    /// <param name="targets">Targets of a label, <c>[horizon, targets]</c>.</param>
    /// <param name="differencedFeatures">For each target the feature whose last value it is relative to; null without differencing.</param>
    public Scaler(int features, int targets, int[]? differencedFeatures)
    {
        (_features, _noOrigin, DifferencedFeatures) = (features, new float[features], differencedFeatures);
        (FeatureMeans, FeatureScales) = (new float[features], new float[features]);
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

    /// <summary>Units that each window has of its own, for its targets; null where all are scaled alike.</summary>
    public WindowUnits? Window { get; init; }

    /// <summary>Columns beside the window; null where there are none.</summary>
    public Covariates? Covariates { get; init; }

    /// <summary>Means of the covariates' values; empty where there are none.</summary>
    public float[] CovariateMeans { get; init; } = [];

    /// <summary>Divisors of the covariates' values.</summary>
    public float[] CovariateScales { get; init; } = [];

    /// <summary>What the network multiplies the change of each feature by (<see cref="NetworkInput"/>); null where it reads none.</summary>
    public float[]? DeltaGains { get; init; }

    /// <summary>Fits the scaling on training sequences only.</summary>
    /// <param name="sequences">The sequences; labels are <c>[horizon, targets]</c>.</param>
    /// <param name="training">Those that train.</param>
    /// <param name="options">What is scaled.</param>
    /// <param name="targets">Targets of a label.</param>
    /// <param name="targetFeatures">With differencing, the feature that each target is.</param>
    /// <param name="withDeltas">Whether the network reads changes.</param>
    /// <param name="window">Units that each window has of its own, or null.</param>
    /// <param name="covariates">Columns beside the window, or null.</param>
    public static Scaler Fit(
        Sequences sequences, int[] training, ScalingOptions options, int targets, int[]? targetFeatures, bool withDeltas = false,
        WindowUnits? window = null, Covariates? covariates = null)
    {
        var statistics = new ScalingStatistics(options, sequences.Features, targets, targetFeatures, withDeltas, window, covariates);
        int covered = 0;
        foreach (int i in ByStart(sequences, training))
        {
            var range = sequences.Ranges[i];
            int first = Math.Max(covered, range.Start);
            covered = Math.Max(covered, range.Start + range.Length);
            statistics.AddRows(sequences.Values[(first * sequences.Features)..(covered * sequences.Features)]);
        }
        foreach (int i in training)
            statistics.AddSequence(sequences[i], sequences.Label(i));
        return statistics.ToScaler();
    }

    /// <summary>The scaling of a model at hand: its weights work in those units.</summary>
    public static Scaler Of(SequenceModel model, int features, WindowUnits? window = null, Covariates? covariates = null)
    {
        var scaling = model.Manifest.Scaling;
        var scaler = new Scaler(features, scaling.TargetMeans.Length, scaling.DifferencedFeatures is { } f ? [.. f] : null)
        {
            DeltaGains = scaling.DeltaGains is { } gains ? [.. gains] : null,
            Window = window,
            Covariates = covariates,
            CovariateMeans = [.. model.Manifest.Forecast?.CovariateMeans ?? []],
            CovariateScales = [.. model.Manifest.Forecast?.CovariateScales ?? []],
        };
        scaling.FeatureMeans.CopyTo(scaler.FeatureMeans);
        scaling.FeatureScales.CopyTo(scaler.FeatureScales);
        scaling.TargetMeans.CopyTo(scaler.TargetMeans);
        scaling.TargetScales.CopyTo(scaler.TargetScales);
        return scaler;
    }

    /// <summary>Scales a sequence, <c>[steps, features]</c>.</summary>
    /// <param name="sequence">At least one step.</param>
    /// <param name="destination">Where its steps go.</param>
    /// <param name="stepStride">From one step to the next in <paramref name="destination"/>.</param>
    /// <param name="beside">What stands beside the window, where there is something.</param>
    public void Sequence(ReadOnlySpan<float> sequence, Span<float> destination, int stepStride, ReadOnlySpan<float> beside = default)
    {
        var origin = DifferencedFeatures is null ? _noOrigin : sequence[^_features..];
        ReadOnlySpan<float> means = FeatureMeans, scales = FeatureScales;
        for (int at = 0, to = 0; at < sequence.Length; at += _features, to += stepStride)
        {
            var step = sequence.Slice(at, _features);
            var scaled = destination.Slice(to, _features);
            for (int f = 0; f < scaled.Length; f++)
                scaled[f] = (step[f] - origin[f] - means[f]) / scales[f];
        }
        Window?.Sequence(sequence, destination, stepStride, beside);
    }

    /// <summary>Scales the label of a sequence; NaN stays NaN.</summary>
    /// <param name="sequence">The sequence, <c>[steps, features]</c>.</param>
    /// <param name="label">Its label, <c>[horizon, targets]</c>.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="beside">What stands beside the window, where there is something.</param>
    public void Label(ReadOnlySpan<float> sequence, ReadOnlySpan<float> label, Span<float> destination, ReadOnlySpan<float> beside = default)
    {
        if (Window is not null)
        {
            Window.Label(sequence, label, destination, beside);
            return;
        }
        for (int k = 0; k < label.Length; k++)
        {
            int target = k % TargetMeans.Length;
            float origin = DifferencedFeatures is { } features ? sequence[^(_features - features[target])] : 0;
            destination[k] = (label[k] - origin - TargetMeans[target]) / TargetScales[target];
        }
    }

    /// <summary>Scales the values of covariates, which stand behind a label; what is not known is 0, the mean.</summary>
    public void Context(ReadOnlySpan<float> stored, Span<float> destination)
    {
        for (int i = 0; i < stored.Length; i++)
            destination[i] = float.IsNaN(stored[i]) ? 0 : (stored[i] - CovariateMeans[i]) / CovariateScales[i];
    }

    // Series that take turns lie one behind the other.
    private static int[] ByStart(Sequences sequences, int[] training)
    {
        var starts = Array.ConvertAll(training, i => sequences.Ranges[i].Start);
        var sorted = (int[])training.Clone();
        Array.Sort(starts, sorted);
        return sorted;
    }
}
