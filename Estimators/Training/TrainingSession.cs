using System.Diagnostics;
using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn;

/// <summary>One call of <c>Fit</c>: reads the data, trains, and turns the network into a verified model.</summary>
internal sealed class TrainingSession(SequenceTask task, RecurrentOptions options, TrainingColumns columns, SequenceModel? initial, int seed, torch.Device device)
{
    public SequenceTransformer Run(IDataView input, Action<string> log)
    {
        var training = options.Training;
        using var threads = ThreadCount.For(options);
        using var scope = torch.NewDisposeScope(); // nothing native outlives Fit
        long start = Stopwatch.GetTimestamp();

        var sequences = Sequences.Read(
            input, columns.FeatureColumnName, columns.Features, columns.LabelColumnName, columns.LabelSize, training.CancellationToken);
        CheckNotEmpty(sequences, input);
        var split = ValidationSplit.Create(sequences, training.ValidationFraction, columns.LabelReach);
        CheckBatchSize(split);
        var scaler = initial is null
            ? Scaler.Fit(sequences, split.Training, options.Scaling, columns.Targets, columns.TargetFeatures)
            : Scaler.Of(initial, sequences);
        using var network = new RecurrentNetwork(options, columns.Features, columns.LabelSize, new Random(seed));
        if (initial is not null)
            network.ReadOnnx(initial.ReadWeights());
        network.MoveTo(device);
        using var loader = new BatchLoader(sequences, scaler, device);
        using var trainer = new Trainer(network, task, training, split, loader, device, seed);
        log($"Training on {split.Training.Length} sequences of {(columns.Steps == 0 ? "any number of" : columns.Steps)} steps x {columns.Features} features, validating on "
            + $"{split.Validation.Length}, on {device}, seed {seed}.");

        var outcome = trainer.Run(metrics => Report(metrics, log));
        if (outcome.BestEpoch == 0)
            throw Untrained(outcome);
        var summary = new TrainingSummary(
            [.. outcome.History], outcome.BestEpoch, seed, split.Training.Length, split.Validation.Length,
            Stopwatch.GetElapsedTime(start).TotalSeconds, OnnxMaxAbsDiff: 0);
        return Finish(network, scaler, sequences, loader, summary, outcome.Failure);
    }

    private void CheckNotEmpty(Sequences sequences, IDataView input)
    {
        if (sequences.Count > 0)
            return;
        int? window = WindowAnnotations.GetInt(input.Schema[columns.FeatureColumnName], WindowAnnotations.WindowLength);
        throw new InvalidOperationException(window is { } length
            ? $"There is nothing to train on: the windowing step gave no window, so the window length of {length} is longer than "
                + "every group of rows. Shorten the window or give more rows."
            : $"There is nothing to train on: column '{columns.FeatureColumnName}' has no rows.");
    }

    private void CheckBatchSize(ValidationSplit split)
    {
        if (options.Training.BatchSize > split.Training.Length)
        {
            throw new InvalidOperationException(
                $"Training.BatchSize is {options.Training.BatchSize}, larger than the {split.Training.Length} sequences there are to "
                    + $"train on ({split.Validation.Length} more validate). Choose a smaller batch or give more rows.");
        }
    }

    private void Report(EpochMetrics metrics, Action<string> log)
    {
        log($"Epoch {metrics.Epoch}: loss {metrics.TrainingLoss:g5}, validation loss {metrics.ValidationLoss:g5}, learning rate "
            + $"{metrics.LearningRate:g3}, {metrics.Seconds:f1} s.");
        options.Training.Progress?.Report(metrics);
    }

    private Exception Untrained(TrainingOutcome outcome) => outcome.Failure is { } failure
        ? new RecurrentTrainingException(failure + " No epoch ended before, so there is no model.", transformer: null)
        : new OperationCanceledException(
            "Training was cancelled before its first epoch ended; there is no model.", options.Training.CancellationToken);

    private SequenceTransformer Finish(
        RecurrentNetwork network, Scaler scaler, Sequences sequences, BatchLoader loader, TrainingSummary summary, string? failure)
    {
        var manifest = Manifest(network, scaler, summary);
        var comparable = ModelEmitter.Emit(network, scaler, manifest, withScaledOutput: true);
        double difference = OnnxParity.MaxAbsDiff(network, comparable, sequences, loader);
        manifest = manifest with { Training = summary with { OnnxMaxAbsDiff = difference } };
        var graph = ModelEmitter.Emit(network, scaler, manifest, withScaledOutput: false);
        var transformer = new SequenceTransformer(SequenceModel.Create(graph, manifest));
        if (failure is not null)
            throw new RecurrentTrainingException($"{failure} The exception's Transformer holds epoch {summary.BestEpoch}, the best "
                + "before.", transformer);
        if (!(difference <= OnnxParity.Limit))
        {
            throw new RecurrentTrainingException(
                $"The ONNX graph differs from the trained network by {difference:g3} in standardised units; "
                    + $"at most {OnnxParity.Limit} is allowed. The exception's Transformer holds the model; "
                    + "inputs far from the training data's range, or unscaled ones, are the usual cause.",
                transformer);
        }
        return transformer;
    }

    private SequenceModelManifest Manifest(RecurrentNetwork network, Scaler scaler, TrainingSummary summary) => new()
    {
        Task = task.Name,
        FeatureColumnName = columns.FeatureColumnName,
        LabelColumnName = columns.LabelColumnName,
        Steps = columns.Steps,
        VariableLength = columns.VariableLength,
        Features = columns.Features,
        Outputs = [.. task.Outputs(columns.LabelSize, columns.Targets)],
        Scaling = new(
            [.. scaler.FeatureMeans], [.. scaler.FeatureScales], [.. scaler.TargetMeans], [.. scaler.TargetScales],
            scaler.DifferencedFeatures is { } differenced ? [.. differenced] : null),
        Network = new(
            options.Cell.Name, options.Bidirectional, options.HiddenSizes, options.Dropout, options.DenseSizes,
            network.Parameters.Sum(p => p.Value.numel())),
        Training = summary,
    };
}
