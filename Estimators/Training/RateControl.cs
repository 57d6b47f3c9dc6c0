namespace MlNetRnn;

/// <summary>Sets the optimizer's learning rate: by the schedule before each step, or by the plateau after each epoch.</summary>
internal sealed class RateControl(TrainingOptions options, WeightOptimizer optimizer, int stepsPerEpoch)
{
    private readonly Plateau? _plateau = options.ReduceLearningRate is { } reduce ? new Plateau(reduce.Patience) : null;
    private readonly int _steps = (int)Math.Min(int.MaxValue, (long)stepsPerEpoch * options.Epochs); // Epochs may say "until it stops"
    private int _step;

    /// <summary>The rate of the step under way.</summary>
    public double Current { get; private set; } = options.LearningRate;

    /// <summary>Why there is no rate to go on with, or null.</summary>
    public TrainingFailure? Failure { get; private set; }

    /// <summary>Sets the rate of the next step; false if the schedule gives none.</summary>
    public bool BeginStep()
    {
        if (options.Schedule is { } schedule && Scheduled(schedule) is { } rate)
            Set(rate);
        return Failure is null;
    }

    public void EndEpoch(double monitored)
    {
        if (_plateau?.IsReached(monitored) == true)
            Set(Lower(Current, options.ReduceLearningRate!));
    }

    private double? Scheduled(LearningRateSchedule schedule)
    {
        int step = _step++;
        try
        {
            double rate = schedule.LearningRate(options.LearningRate, new(step, stepsPerEpoch, _steps));
            if (rate >= 0 && double.IsFinite(rate))
                return rate;
            Failure = new($"Training.Schedule ({schedule}) gave a learning rate of {rate} for step {step}; it must be a finite number of "
                + "at least 0.");
        }
        catch (Exception e) // a schedule of the user's own: what was trained must outlive it
        {
            Failure = new($"Training.Schedule threw {e.GetType().Name} for step {step}: {e.Message}", e);
        }
        return null;
    }

    private void Set(double rate)
    {
        if (rate != Current)
            optimizer.LearningRate = Current = rate;
    }

    // Never below the minimum, nor up to it from a rate that started lower.
    private static double Lower(double rate, ReduceLearningRateOptions reduce) =>
        Math.Max(Math.Min(rate, reduce.Minimum), rate * reduce.Factor);
}
