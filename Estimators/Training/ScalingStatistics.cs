namespace MlNetRnn;

/// <summary>Gathers the means and scales of training data, sequence by sequence.</summary>
internal sealed class ScalingStatistics
{
    private readonly ScalingOptions _options;
    private readonly int[]? _differencedFeatures;
    private readonly Moments[] _features;
    private readonly Moments[] _targets;
    private readonly Moments[]? _levels;  // where changes are read: of each feature, and of its changes
    private readonly Moments[] _changes;
    private readonly WindowUnits? _window;
    private readonly Covariates? _covariates;
    private readonly Moments[] _context; // of each value of a covariate; of one for each step, over the steps

    /// <param name="options">What is scaled.</param>
    /// <param name="features">Values of a step.</param>
    /// <param name="targets">Targets of a label.</param>
    /// <param name="targetFeatures">With differencing, the feature that each target is.</param>
    /// <param name="withDeltas">Whether the network reads changes.</param>
    /// <param name="window">Units that each window has of its own, in which its targets need no others; or null.</param>
    /// <param name="covariates">Columns beside the window, whose values stand behind labels; or null.</param>
    public ScalingStatistics(
        ScalingOptions options, int features, int targets, int[]? targetFeatures, bool withDeltas = false, WindowUnits? window = null,
        Covariates? covariates = null)
    {
        (_window, _covariates, _context) = (window, covariates, new Moments[covariates?.Size ?? 0]);
        (_levels, _changes) = (withDeltas ? new Moments[features] : null, new Moments[features]);
        (_options, _differencedFeatures) = (options, options.Difference ? targetFeatures : null);
        (_features, _targets) = (new Moments[features], new Moments[targets]);
    }

    /// <summary>Counts rows, <c>[rows, features]</c>, that no training sequence before held: each once, however many windows hold it.</summary>
    public void AddRows(ReadOnlySpan<float> rows)
    {
        if (_options.StandardizeFeatures && _differencedFeatures is null)
            AddSteps(rows, origin: default);
    }

    /// <summary>
    /// Counts a training sequence, <c>[steps, features]</c>, and its label, <c>[horizon, targets]</c>. Relative to its last step, a
    /// sequence has values of its own.
    /// </summary>
    public void AddSequence(ReadOnlySpan<float> sequence, ReadOnlySpan<float> label)
    {
        if (_options.StandardizeFeatures && _differencedFeatures is not null)
            AddSteps(sequence, origin: sequence[^_features.Length..]);
        if (_options.StandardizeTarget && _window is null)
            AddLabel(sequence, label[..^_context.Length]);
        if (_covariates is not null && _options.StandardizeFeatures)
            AddContext(_covariates, label[^_context.Length..]);
        if (_levels is not null)
            AddChanges(sequence, _levels);
    }

    public Scaler ToScaler()
    {
        var scaler = new Scaler(_features.Length, _targets.Length, _differencedFeatures)
        {
            DeltaGains = _levels is null ? null : Gains(_levels),
            Window = _window,
            Covariates = _covariates,
            CovariateMeans = [.. _context.Select((_, i) => _context[_covariates!.Pooled(i)].MeanAndScale().Mean)],
            CovariateScales = [.. _context.Select((_, i) => _context[_covariates!.Pooled(i)].MeanAndScale().Scale)],
        };
        for (int f = 0; f < _features.Length; f++)
        {
            if (_window?.IsTarget(f) != true)
                (scaler.FeatureMeans[f], scaler.FeatureScales[f]) = _features[f].MeanAndScale();
        }
        for (int target = 0; target < _targets.Length; target++)
            (scaler.TargetMeans[target], scaler.TargetScales[target]) = _targets[target].MeanAndScale();
        return scaler;
    }

    // Changes as large as the scaled features are: 1 where they are standardised.
    private float[] Gains(Moments[] levels)
    {
        var gains = new float[_features.Length];
        for (int f = 0; f < gains.Length; f++)
        {
            float size = _options.StandardizeFeatures ? _features[f].MeanAndScale().Scale : levels[f].MeanAndScale().Scale;
            gains[f] = size / _changes[f].MeanAndScale().Scale;
        }
        return gains;
    }

    private void AddChanges(ReadOnlySpan<float> sequence, Moments[] levels)
    {
        for (int at = 0; at < sequence.Length; at++)
        {
            int f = at % levels.Length;
            levels[f].Add(sequence[at]);
            if (at >= levels.Length)
                _changes[f].Add(sequence[at] - sequence[at - levels.Length]);
        }
    }

    private void AddContext(Covariates covariates, ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (covariates.IsNumber(i) && !float.IsNaN(values[i]))
                _context[covariates.Pooled(i)].Add(values[i]);
        }
    }

    private void AddSteps(ReadOnlySpan<float> steps, ReadOnlySpan<float> origin)
    {
        for (; !steps.IsEmpty; steps = steps[_features.Length..])
        {
            for (int f = 0; f < _features.Length; f++)
                _features[f].Add(origin.IsEmpty ? steps[f] : steps[f] - origin[f]);
        }
    }

    private void AddLabel(ReadOnlySpan<float> sequence, ReadOnlySpan<float> label)
    {
        for (int k = 0; k < label.Length; k++)
        {
            int target = k % _targets.Length;
            float origin = _differencedFeatures is { } features ? sequence[^(_features.Length - features[target])] : 0;
            if (!float.IsNaN(label[k]))
                _targets[target].Add(label[k] - origin);
        }
    }

    /// <summary>Running mean and variance (Welford, 1962): no catastrophic cancellation for series far from zero.</summary>
    private struct Moments
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

        public readonly (float Mean, float Scale) MeanAndScale()
        {
            if (_count == 0)
                return (0, 1); // not standardised, or a target that is labelled nowhere
            float scale = (float)Math.Sqrt(_squares / _count);
            return ((float)_mean, scale > 1e-6f * Math.Abs((float)_mean) && scale > 0 ? scale : 1); // a constant has no scale
        }
    }
}
