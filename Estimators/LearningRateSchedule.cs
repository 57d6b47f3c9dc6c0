namespace MlNetRnn;

/// <summary>
/// How the learning rate changes over training, known before it starts. Records of one's own may derive from it. Immutable.
/// </summary>
/// <remarks>
/// The rate is asked for before each step of the optimizer. Where training may stop early, later parts of a schedule are not reached.
/// </remarks>
public abstract record LearningRateSchedule
{
    /// <summary>The learning rate of a step of the optimizer.</summary>
    /// <param name="initial"><see cref="TrainingOptions.LearningRate"/>.</param>
    /// <param name="position">Where training stands.</param>
    /// <returns>The rate, a finite number of at least 0.</returns>
    public abstract double LearningRate(double initial, TrainingStep position);

    /// <summary>What is wrong with the options, each beginning with the option's name.</summary>
    internal virtual IEnumerable<string> Failures(int epochs) => [];
}

/// <summary>Where training stands.</summary>
/// <param name="Step">The step of the optimizer, one per batch, counted from 0.</param>
/// <param name="StepsPerEpoch">Batches of an epoch.</param>
/// <param name="Steps">Steps of the whole training if it does not stop early.</param>
public readonly record struct TrainingStep(int Step, int StepsPerEpoch, int Steps)
{
    /// <summary>The epoch, counted from 0.</summary>
    public int Epoch => Step / StepsPerEpoch;
}

/// <summary>Multiplies the learning rate by a factor every few epochs (PyTorch's StepLR).</summary>
public sealed record StepSchedule : LearningRateSchedule
{
    /// <summary>Epochs from one change to the next. Default: 10.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>What the rate is multiplied by. Default: 0.1.</summary>
    public double Factor { get; init; } = 0.1;

    /// <inheritdoc/>
    public override double LearningRate(double initial, TrainingStep position) => initial * Math.Pow(Factor, position.Epoch / Epochs);

    internal override IEnumerable<string> Failures(int epochs)
    {
        if (Epochs < 1)
            yield return $"Epochs is {Epochs}; it must be at least 1.";
        if (!(Factor is > 0 and < 1))
            yield return $"Factor is {Factor}; it must lie between 0 and 1.";
    }
}

/// <summary>
/// Lowers the learning rate along half a cosine to a minimum at the end of training, step by step (Loshchilov and Hutter, 2017, without
/// restarts; PyTorch's CosineAnnealingLR).
/// </summary>
public sealed record CosineSchedule : LearningRateSchedule
{
    /// <summary>The rate that is reached after the last step. Default: 0.</summary>
    public double Minimum { get; init; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, TrainingStep position) =>
        Minimum + (initial - Minimum) * (1 + Math.Cos(Math.PI * position.Step / position.Steps)) / 2;

    internal override IEnumerable<string> Failures(int epochs)
    {
        if (!(Minimum >= 0 && double.IsFinite(Minimum)))
            yield return $"Minimum is {Minimum}; it must be at least 0.";
    }
}

/// <summary>
/// One cycle (Smith, 2018): raises the learning rate along half a cosine to <see cref="TrainingOptions.LearningRate"/>, its peak, then
/// lowers it to far below where it began; step by step, as PyTorch's OneCycleLR with two phases. Momentum is not cycled.
/// </summary>
public sealed record OneCycleSchedule : LearningRateSchedule
{
    /// <summary>Share of the steps in which the rate rises, between 0 and 1. Default: 0.3.</summary>
    public double RisingFraction { get; init; } = 0.3;

    /// <summary>The rate starts at the peak divided by this. Default: 25.</summary>
    public double InitialDivisor { get; init; } = 25;

    /// <summary>The rate ends at its start divided by this. Default: 10,000.</summary>
    public double FinalDivisor { get; init; } = 1e4;

    /// <inheritdoc/>
    public override double LearningRate(double initial, TrainingStep position)
    {
        double start = initial / InitialDivisor, end = start / FinalDivisor;
        double peakStep = RisingFraction * position.Steps - 1, lastStep = position.Steps - 1;
        return position.Step <= peakStep && peakStep > 0
            ? Between(start, initial, position.Step / peakStep)
            : Between(initial, end, (position.Step - peakStep) / (lastStep - peakStep));
    }

    internal override IEnumerable<string> Failures(int epochs)
    {
        if (!(RisingFraction is > 0 and < 1))
            yield return $"RisingFraction is {RisingFraction}; it must lie between 0 and 1.";
        if (!(InitialDivisor >= 1 && double.IsFinite(InitialDivisor)))
            yield return $"InitialDivisor is {InitialDivisor}; it must be at least 1.";
        if (!(FinalDivisor >= 1 && double.IsFinite(FinalDivisor)))
            yield return $"FinalDivisor is {FinalDivisor}; it must be at least 1.";
    }

    private static double Between(double from, double to, double share) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * share));
}

/// <summary>
/// Raises the learning rate linearly, step by step, to <see cref="TrainingOptions.LearningRate"/> before another schedule takes over
/// (Goyal et al., 2017; PyTorch's LinearLR).
/// </summary>
public sealed record WarmUpSchedule : LearningRateSchedule
{
    /// <summary>How long the rate rises, in epochs and parts of one. Default: 1.</summary>
    public double Epochs { get; init; } = 1;

    /// <summary>The rate starts at this share of the full one, above 0 and at most 1. Default: 1/3.</summary>
    public double InitialFactor { get; init; } = 1.0 / 3;

    /// <summary>
    /// What follows, counting steps and epochs from the end of the warm-up; null (default) keeps the rate.
    /// </summary>
    public LearningRateSchedule? Then { get; init; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, TrainingStep position)
    {
        int steps = Math.Max(1, (int)Math.Round(Epochs * position.StepsPerEpoch));
        if (position.Step < steps)
            return initial * (InitialFactor + (1 - InitialFactor) * position.Step / steps);
        return Then?.LearningRate(initial, position with { Step = position.Step - steps, Steps = position.Steps - steps }) ?? initial;
    }

    internal override IEnumerable<string> Failures(int epochs)
    {
        if (!(Epochs > 0 && Epochs < epochs))
        {
            yield return $"Epochs is {Epochs}; it must be above 0 and below the {epochs} epochs of training, or the full rate is never "
                + "reached.";
        }
        if (!(InitialFactor is > 0 and <= 1))
            yield return $"InitialFactor is {InitialFactor}; it must be above 0 and at most 1.";
        foreach (string failure in Then?.Failures(epochs) ?? [])
            yield return $"Then.{failure}";
    }
}
