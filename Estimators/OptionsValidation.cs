namespace MlNetRnn;

/// <summary>Checks all options at once, before any data is read.</summary>
internal static class OptionsValidation
{
    private const int MostThreads = 1024; // OpenMP ends the process where it is asked for far more than the system gives

    private const int MostMembers = 1000;

    public static void Check(RecurrentOptions options, SequenceTask task)
    {
        var problems = new Problems();
        problems.AddIf(task.IsClassification && options.Scaling?.Difference == true,
            "Scaling.Difference predicts the change of a number, and the task is classification; leave it out.");
        foreach (string failure in Failures(options))
            problems.Add(failure);
        foreach (string failure in task.Failures(options))
            problems.Add(failure);
        problems.ThrowIfAny("The options are not usable");
    }

    private static IEnumerable<string> Failures(RecurrentOptions o) =>
        NetworkFailures(o).Concat(o.Training is null ? ["Training is null; give a TrainingOptions."] : TrainingFailures(o.Training));

    private static IEnumerable<string> NetworkFailures(RecurrentOptions o)
    {
        if (o.Cell is null)
            yield return "Cell is null; choose RecurrentCell.Rnn, .Lstm, .Gru or one of your own.";
        else if (string.IsNullOrWhiteSpace(o.Cell.Name)) // libtorch ends the process where a module's name is null
            yield return $"Cell.Name is '{o.Cell.Name}'; give the cell a name, which the model file keeps.";
        if (o.HiddenSizes.IsDefaultOrEmpty)
            yield return "HiddenSizes is empty; give at least one hidden size, such as [64].";
        else if (o.HiddenSizes.Any(h => h < 1))
            yield return $"HiddenSizes is [{string.Join(", ", o.HiddenSizes)}]; every hidden size must be at least 1.";
        if (o.DenseSizes.IsDefault)
            yield return "DenseSizes is not set; give [] for no dense layer.";
        else if (o.DenseSizes.Any(d => d < 1))
            yield return $"DenseSizes is [{string.Join(", ", o.DenseSizes)}]; every size must be at least 1.";
        foreach (var (name, dropout) in Dropouts(o))
        {
            if (!(dropout is >= 0 and < 1))
                yield return $"{name} is {dropout}; it must be at least 0 and below 1.";
        }
        if (o.Training?.Kernels == RecurrentKernels.Fused && o.Cell is not null && !RecurrentCell.BuiltIn.Contains(o.Cell))
            yield return $"Training.Kernels is Fused, but the cell '{o.Cell}' is your own; leave it at Auto, or choose LibTorch.";
        if (o.Members is < 1 or > MostMembers)
            yield return $"Members is {o.Members}; it must be at least 1 and at most {MostMembers}.";
        foreach (string failure in o.Input?.Failures() ?? ["it is null; give an InputOptions."])
            yield return $"Input: {failure}";
        if (!Enum.IsDefined(o.Readout))
            yield return $"Readout is {(int)o.Readout}; choose one of {string.Join(", ", Enum.GetNames<SequenceReadout>())}.";
        if (o.AttentionSize < 1)
            yield return $"AttentionSize is {o.AttentionSize}; it must be at least 1, or null for as many values as are read of a step.";
        if (o.AttentionColumnName is { } attention && string.IsNullOrWhiteSpace(attention))
            yield return $"AttentionColumnName is '{attention}'; name a column, or leave it null for none.";
        if (o.AttentionColumnName is not null && o.Readout != SequenceReadout.Attention)
            yield return $"AttentionColumnName is '{o.AttentionColumnName}', but Readout is {o.Readout}, which weighs no steps; choose Attention.";
        if (o.AttentionColumnName is not null && o.Input is { StackedSteps: > 1 })
            yield return $"AttentionColumnName is '{o.AttentionColumnName}', but Input.StackedSteps is {o.Input.StackedSteps}: weights are of stacks, "
                + "not of steps; leave one out.";
        if (o.EmbeddingSize < 1)
            yield return $"EmbeddingSize is {o.EmbeddingSize}; it must be at least 1.";
        if (o.Features < 1)
            yield return $"Features is {o.Features}; it must be at least 1, or null for the column's own shape.";
        if (o.Scaling is null)
            yield return "Scaling is null; give a ScalingOptions.";
        else if (o.Scaling.TargetFeature < 0)
            yield return $"Scaling.TargetFeature is {o.Scaling.TargetFeature}; features are counted from 0.";
    }

    private static (string, double)[] Dropouts(RecurrentOptions o) =>
    [
        (nameof(o.Dropout), o.Dropout), (nameof(o.InputDropout), o.InputDropout), (nameof(o.RecurrentDropout), o.RecurrentDropout),
    ];

    private static IEnumerable<string> TrainingFailures(TrainingOptions t) =>
        BasicFailures(t).Concat(RateFailures(t)).Concat(CallbackFailures(t));

    private static IEnumerable<string> BasicFailures(TrainingOptions t)
    {
        if (t.Epochs < 1)
            yield return $"Training.Epochs is {t.Epochs}; it must be at least 1.";
        if (t.BatchSize < 1)
            yield return $"Training.BatchSize is {t.BatchSize}; it must be at least 1.";
        if (t.ShuffleBufferSize is { } buffer && buffer < Math.Max(1, t.BatchSize))
            yield return $"Training.ShuffleBufferSize is {buffer}; it must be at least Training.BatchSize ({t.BatchSize}), which is drawn "
                + "from it, or null to hold all sequences in memory.";
        if (!Enum.IsDefined(t.Optimizer))
            yield return $"Training.Optimizer is {(int)t.Optimizer}; choose one of {string.Join(", ", Enum.GetNames<Optimizer>())}.";
        if (t.GradientClipNorm is { } norm && !(norm > 0))
            yield return $"Training.GradientClipNorm is {norm}; it must be above 0, or null for no limit.";
        if (t.WeightDecay is { } decay && !(decay >= 0 && double.IsFinite(decay)))
            yield return $"Training.WeightDecay is {decay}; it must be at least 0, or null for the optimizer's own.";
        if (!(t.ValidationFraction is >= 0 and < 1))
            yield return $"Training.ValidationFraction is {t.ValidationFraction}; it must be at least 0 (no validation) and below 1.";
        if (t.GroupColumnName is { } group && string.IsNullOrWhiteSpace(group))
            yield return $"Training.GroupColumnName is '{group}'; name a column, or leave it null for the windowing step's own.";
        if (t.Threads is < 1 or > MostThreads)
            yield return $"Training.Threads is {t.Threads}; it must be at least 1 and at most {MostThreads}, or null for the default.";
        if (!Enum.IsDefined(t.Kernels))
            yield return $"Training.Kernels is {(int)t.Kernels}; choose one of {string.Join(", ", Enum.GetNames<RecurrentKernels>())}.";
        if (t.EarlyStopping is { Patience: < 1 })
            yield return $"Training.EarlyStopping.Patience is {t.EarlyStopping.Patience}; it must be at least 1.";
        if (t.EarlyStopping is { } stopping && !(stopping.MinimumDelta >= 0 && double.IsFinite(stopping.MinimumDelta)))
            yield return $"Training.EarlyStopping.MinimumDelta is {stopping.MinimumDelta}; it must be a finite number of at least 0.";
        if (t.Checkpoint is { } file && string.IsNullOrWhiteSpace(file.Path))
            yield return $"Training.Checkpoint.Path is '{file.Path}'; name a file, or leave Training.Checkpoint null for none.";
        if (t.Checkpoint is { EveryEpochs: < 1 })
            yield return $"Training.Checkpoint.EveryEpochs is {t.Checkpoint.EveryEpochs}; it must be at least 1.";
        if (t.Device is { } device && !TorchDevice.IsName(device))
            yield return $"Training.Device is '{device}'; it must be 'cpu', 'cuda' or 'cuda:N'.";
    }

    private static IEnumerable<string> RateFailures(TrainingOptions t)
    {
        if (!(t.LearningRate > 0 && double.IsFinite(t.LearningRate)))
            yield return $"Training.LearningRate is {t.LearningRate}; it must be above 0, such as 0.001.";
        if (t.ReduceLearningRate is { } reduce)
        {
            if (!(reduce.Factor is > 0 and < 1))
                yield return $"Training.ReduceLearningRate.Factor is {reduce.Factor}; it must lie between 0 and 1.";
            if (reduce.Patience < 1)
                yield return $"Training.ReduceLearningRate.Patience is {reduce.Patience}; it must be at least 1.";
            if (!(reduce.Minimum >= 0 && double.IsFinite(reduce.Minimum)))
                yield return $"Training.ReduceLearningRate.Minimum is {reduce.Minimum}; it must be a finite number of at least 0.";
        }
        if (t.Schedule is not null && t.ReduceLearningRate is not null)
        {
            yield return "Training.Schedule and Training.ReduceLearningRate are both given, and each would change the learning rate; "
                + "leave one out.";
        }
        foreach (string failure in t.Schedule?.Failures(t.Epochs) ?? [])
            yield return $"Training.Schedule.{failure}";
    }

    private static IEnumerable<string> CallbackFailures(TrainingOptions t)
    {
        if (t.Callbacks.IsDefault)
            yield return "Training.Callbacks is not set; give [] for none.";
        else if (t.Callbacks.Any(c => c is null))
            yield return "Training.Callbacks holds a null; leave it out.";
    }
}
