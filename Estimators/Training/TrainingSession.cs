using System.Diagnostics;
using Microsoft.ML.Runtime;
using MlNetRnn.Fused;
using MlNetRnn.Onnx;
using TorchSharp;

namespace MlNetRnn;

/// <summary>One call of <c>Fit</c>: reads the data, trains, and turns the network into a verified model.</summary>
internal sealed class TrainingSession(
    SequenceTask task, RecurrentOptions options, TrainingColumns columns, int seed, torch.Device device, TrainingCheckpoint? checkpoint)
{
    public SequenceTransformer Run(FitRequest request, IChannel channel)
    {
        bool fused = KernelChoice.UsesFused(options, device);
        using var scope = torch.NewDisposeScope(); // nothing native outlives Fit
        long start = Stopwatch.GetTimestamp();

        using var data = TrainingData.Read(request, task, columns, options, device, message => channel.Warning(message));
        float[] calibration = ConformalCalibration.None(task, columns, data);
        checkpoint?.Begin(Identity(request.InitialModel, data), options.Training.Epochs);
        using var network = new RecurrentNetwork(
            options, columns.Features, task.NetworkOutputs(columns), new Random(seed), columns.Tokens, data.Scaler.DeltaGains,
            columns.Forecast?.In(data.Scaler), columns.Language);
        if (request.InitialModel is { } initial)
            network.ReadOnnx(initial.ReadWeights());
        if (checkpoint is not null)
            TrainingCheckpoint.CheckSize(network.Parameters.Sum(p => p.Value.numel()));
        CheckEmission(network, data, calibration);
        network.MoveTo(device);
        using var threads = ComputeThreads.For(network, options, fused);
        using var trainer = new Trainer(network, task, options, data, device, seed, checkpoint, message => channel.Info(message),
            (history, epoch) => Model(network, data.Scaler, Summary(history, epoch, data, start), calibration));
        string steps = columns.VariableLength ? "any number of" : $"{columns.Steps}";
        channel.Info($"Training on {data.TrainingSequences} sequences of {steps} steps x {columns.Features} features, validating on "
            + $"{data.ValidationSequences}, on {device}, seed {seed}{Resuming()}.");

        var outcome = trainer.Run();
        if (outcome.BestEpoch == 0)
            throw Untrained(outcome);
        var summary = Summary(outcome.History, outcome.BestEpoch, data, start);
        if (task.ShareOutside is { } share)
            calibration = ConformalCalibration.Fit(network, task, data, share, columns.LabelSize, options.Training.ShuffleBufferSize);
        return Finish(network, data, summary, outcome.Failure, calibration);
    }

    private TrainingSummary Summary(IReadOnlyList<EpochMetrics> history, int epoch, TrainingData data, long start) => new(
        [.. history], epoch, seed, data.TrainingSequences, data.ValidationSequences,
        (checkpoint?.Seconds ?? 0) + Stopwatch.GetElapsedTime(start).TotalSeconds, OnnxMaxAbsDiff: 0);

    private string Resuming() => checkpoint is { Epochs: > 0 and int epochs } ? $", going on after epoch {epochs}" : "";

    private FitIdentity Identity(SequenceModel? initialModel, TrainingData data)
    {
        var identity = FitIdentity.Of(seed, task, options, columns);
        identity.AddInitialModel(initialModel);
        identity.Add("The device", device.type);
        identity.Add("The number of sequences that train", data.TrainingSequences);
        identity.Add("The number of sequences that validate", data.ValidationSequences);
        identity.Add("The data (SHA-256)", data.Hash());
        return identity;
    }

    // Before training, which may take hours: afterwards a graph that cannot be written or run would lose it all.
    private void CheckEmission(RecurrentNetwork network, TrainingData data, float[] calibration)
    {
        var scaler = data.Scaler;
        var untrained = new TrainingSummary([], BestEpoch: 0, seed, 0, 0, Seconds: 0, OnnxMaxAbsDiff: 0);
        try
        {
            var manifest = Manifest(network, scaler, untrained, calibration);
            OnnxParity.CheckRuns(ModelEmitter.Emit(network, task, scaler, manifest, withScaledOutput: true), data.Sample, scaler, columns.FixedSteps);
            WithStreaming(ModelEmitter.Emit(network, task, scaler, manifest, withScaledOutput: false), network, scaler, manifest);
        }
        catch (Exception e) // a cell of the user's own may throw anything
        {
            throw new InvalidOperationException($"The network cannot be written as ONNX, so that nothing was trained: {e.Message} Where the "
                + $"cell '{options.Cell}' is your own, correct how it is emitted.", e);
        }
    }

    private Exception Untrained(TrainingOutcome outcome) => outcome switch
    {
        { Failure: { } failure } => new RecurrentTrainingException(
            failure.Message + " No epoch ended before, so there is no model.", transformer: null, failure.Cause),
        { Reason: TrainingEndReason.Cancelled } => new OperationCanceledException(
            "Training was cancelled before its first epoch ended; there is no model.", options.Training.CancellationToken),
        _ => new RecurrentTrainingException(
            "A callback stopped training before its first epoch ended; there is no model.", transformer: null),
    };

    private SequenceTransformer Finish(RecurrentNetwork network, TrainingData data, TrainingSummary summary, TrainingFailure? failure,
        float[] calibration)
    {
        var scaler = data.Scaler;
        var comparable = ModelEmitter.Emit(network, task, scaler, Manifest(network, scaler, summary, calibration), withScaledOutput: true);
        double difference = OnnxParity.MaxAbsDiff(network, comparable, data.Sample, scaler, data.Weights, device, columns.FixedSteps);
        var transformer = new SequenceTransformer(Model(network, scaler, summary with { OnnxMaxAbsDiff = difference }, calibration));
        if (failure is not null)
            throw new RecurrentTrainingException($"{failure.Message} The exception's Transformer holds epoch {summary.BestEpoch}, the best "
                + "so far.", transformer, failure.Cause);
        if (!(difference <= OnnxParity.Limit))
        {
            throw new RecurrentTrainingException(
                $"The ONNX graph differs from the trained network by {difference:g3} in standardised units; "
                    + $"at most {OnnxParity.Limit} is allowed. The exception's Transformer holds the model; "
                    + "inputs far from the training data's range, or unscaled ones, are the usual cause, and with a "
                    + "cell of your own that its ONNX form computes something else.",
                transformer);
        }
        return transformer;
    }

    private SequenceModel Model(RecurrentNetwork network, Scaler scaler, TrainingSummary summary, float[] calibration)
    {
        var manifest = Manifest(network, scaler, summary, calibration);
        return WithStreaming(ModelEmitter.Emit(network, task, scaler, manifest, withScaledOutput: false), network, scaler, manifest);
    }

    // One step beside the graph of whole sequences, where the network can be run so.
    private SequenceModel WithStreaming(ModelProto graph, RecurrentNetwork network, Scaler scaler, SequenceModelManifest manifest)
    {
        if (StreamingEmitter.Refusal(options, scaler, manifest) is { } refusal)
            return SequenceModel.Create(graph, manifest with { StreamingRefusal = refusal });
        var (step, states) = StreamingEmitter.Emit(network, task, scaler, manifest);
        return SequenceModel.Create(graph, manifest with { StreamingStates = [.. states] }, step.Graph);
    }

    private SequenceModelManifest Manifest(RecurrentNetwork network, Scaler scaler, TrainingSummary summary, float[] calibration) => new()
    {
        Task = task.Name,
        FeatureColumnName = columns.FeatureColumnName,
        LabelColumnName = columns.LabelColumnName,
        Steps = columns.Covariates is null ? columns.Steps : 1,
        VariableLength = columns.VariableLength,
        Tokens = columns.Tokens,
        Classes = task.Name == SequenceModelManifest.BinaryTask ? null : columns.Classes,
        Features = columns.Covariates is { } covariates ? (columns.Steps * columns.Features) + covariates.Size : columns.Features,
        Outputs =
        [
            .. task.Outputs(columns),
            .. options.AttentionColumnName is { } attention ? [new(attention, 1, IsVector: true) { IsPerStep = true }] : (SequenceModelOutput[])[],
        ],
        AttentionColumnName = options.AttentionColumnName,
        Scaling = new(
            [.. scaler.FeatureMeans], [.. scaler.FeatureScales], [.. scaler.TargetMeans], [.. scaler.TargetScales],
            scaler.DifferencedFeatures is { } differenced ? [.. differenced] : null)
        {
            DeltaGains = scaler.DeltaGains is { } gains ? [.. gains] : null,
        },
        TargetFeatures = columns.SeriesTargets is { } series ? [.. series] : [],
        Language = columns.Language,
        Forecast = task.Forecast(columns, calibration) is { } forecast
            ? forecast with { CovariateMeans = [.. scaler.CovariateMeans], CovariateScales = [.. scaler.CovariateScales] }
            : null,
        Network = NetworkDescription.Of(network, options, columns),
        Training = summary,
    };
}
