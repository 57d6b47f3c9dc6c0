namespace MlNetRnn;

/// <summary>Sets the optimizer's learning rate: by the schedule before each step, or by the plateau after each epoch.</summary>
internal sealed class RateControl(TrainingOptions options, WeightOptimizer optimizer, int stepsPerEpoch) : IStateful
{
    private readonly Plateau? _plateau = options.ReduceLearningRate is { } reduce ? new Plateau(reduce.Patience) : null;
    private readonly int _steps = (int)Math.Min(int.MaxValue, (long)stepsPerEpoch * options.Epochs); // Epochs may say "until it stops"
    private int _step;
    private ulong _rates; // a hash of what the schedule gave for the steps done

    /// <summary>The rate of the step under way.</summary>
    public double Current { get; private set; } = options.LearningRate;

    /// <summary>Why there is no rate to go on with, or null.</summary>
    public TrainingFailure? Failure { get; private set; }

    /// <summary>Sets the rate of the next step; false if the schedule gives none.</summary>
    public bool BeginStep()
    {
        int step = _step++;
        if (options.Schedule is { } schedule && Scheduled(schedule, step) is { } rate)
        {
            Set(rate);
            _rates = (_rates ^ BitConverter.DoubleToUInt64Bits(rate)) * 0x100000001B3; // as FNV-1a; 0 where there is no schedule
        }
        return Failure is null;
    }

    public void EndEpoch(double monitored)
    {
        if (_plateau?.IsReached(monitored) == true)
            Set(Lower(Current, options.ReduceLearningRate!));
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_step);
        writer.Write(_rates);
        writer.Write(Current);
        _plateau?.Write(writer);
    }

    // A schedule may be any code: that it is the same one shows in what it gives for the steps done.
    public void Read(BinaryReader reader)
    {
        int steps = reader.ReadInt32();
        while (_step < steps && BeginStep())
        {
        }
        if (_rates != reader.ReadUInt64())
        {
            throw new InvalidDataException(Failure?.Message ?? $"Training.Schedule is {options.Schedule?.ToString() ?? "none"} here, with "
                + $"{options.Epochs} epochs; for the {steps} steps that were trained, there were other learning rates.");
        }
        optimizer.LearningRate = Current = reader.ReadDouble();
        _plateau?.Read(reader);
    }

    private double? Scheduled(LearningRateSchedule schedule, int step)
    {
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
