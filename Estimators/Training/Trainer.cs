using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>What training came to. The network holds the weights of <paramref name="BestEpoch"/>; 0 means that no epoch ended well.</summary>
/// <param name="History">One entry per epoch.</param>
/// <param name="BestEpoch">The epoch whose weights the network holds.</param>
/// <param name="Reason">Why training ended, where nothing failed.</param>
/// <param name="Failure">What made training break off, or null.</param>
internal sealed record TrainingOutcome(
    IReadOnlyList<EpochMetrics> History, int BestEpoch, TrainingEndReason Reason, TrainingFailure? Failure);

/// <summary>What made training break off.</summary>
/// <param name="Message">A sentence that tells.</param>
/// <param name="Cause">What user code threw, if it did.</param>
internal sealed record TrainingFailure(string Message, Exception? Cause = null);

/// <summary>The training loop.</summary>
internal sealed class Trainer : IDisposable
{
    private const int ScoringBatchSize = 512; // validation needs no gradients: larger batches are faster

    private readonly RecurrentNetwork _network;
    private readonly SequenceTask _task;
    private readonly TrainingOptions _options;
    private readonly TrainingData _data;
    private readonly WeightOptimizer _optimizer;
    private readonly RateControl _rate;
    private readonly CallbackRunner _callbacks;
    private readonly Func<IReadOnlyList<EpochMetrics>, int, SequenceModel> _createModel;
    private readonly DropoutMasks _inputDropout;
    private readonly DropoutMasks _dropout;
    private readonly WeightDropout _weightDropout;
    private readonly Random _shuffling;
    private readonly TrainingCheckpoint? _checkpoint;
    private readonly torch.Device _device;
    private readonly int _batchesPerEpoch;
    private readonly int _scoringBatchSize;

    public Trainer(
        RecurrentNetwork network, SequenceTask task, RecurrentOptions options, TrainingData data, torch.Device device, int seed,
        TrainingCheckpoint? checkpoint, Action<string> log, Func<IReadOnlyList<EpochMetrics>, int, SequenceModel> createModel)
    {
        (_network, _task, _options, _data, _device) = (network, task, options.Training, data, device);
        (_checkpoint, _createModel) = (checkpoint, createModel);
        _batchesPerEpoch = data.TrainingBatches(_options.BatchSize);
        _scoringBatchSize = Math.Min(ScoringBatchSize, _options.ShuffleBufferSize ?? int.MaxValue);
        _inputDropout = new DropoutMasks(options.InputDropout, seed, stream: 1);
        _dropout = new DropoutMasks(network.Dropout, seed);
        _weightDropout = new WeightDropout(options.RecurrentDropout, seed, network.RecurrentWeights, device);
        Parameter[] parameters = [.. network.Parameters.Select(p => p.Value)];
        _optimizer = device.type == DeviceType.CPU ? new CpuOptimizer(_options, parameters) : new TorchOptimizer(_options, parameters);
        _rate = new RateControl(_options, _optimizer, _batchesPerEpoch);
        _callbacks = new CallbackRunner(_options, log);
        _shuffling = new Random(seed);
    }

    /// <summary>Trains until the last epoch, a plateau, a callback's wish, a failure or cancellation.</summary>
    public TrainingOutcome Run()
    {
        using var state = new TrainingState(_network, _options);
        IStateful[] parts = [new WeightValues(_network), state, _optimizer, _rate, _inputDropout, _dropout, _weightDropout];
        _checkpoint?.Restore(parts);
        for (int done = 0; done < state.History.Count; done++)
            _data.BeginTraining(_shuffling); // as those epochs did: a generator's state cannot be kept
        var reason = TrainingEndReason.LastEpoch;
        TrainingFailure? broken = null;

        _callbacks.TrainingStarts(_data, _batchesPerEpoch, state.History.Count);
        for (int epoch = state.History.Count + 1; epoch <= _options.Epochs && !state.HasStopped && broken is null; epoch++)
        {
            long start = Stopwatch.GetTimestamp();
            bool whole;
            (double Loss, double Error) training = default;
            (double Loss, double Error)? validation = null;
            try
            {
                whole = TrainEpoch(epoch, out training);
                validation = whole && _data.ValidationSequences > 0 ? Evaluate() : null;
            }
            catch (OperationCanceledException) when (_options.CancellationToken.IsCancellationRequested) // while data was read
            {
                whole = false;
            }
            catch (Exception e) when (state.BestEpoch > 0) // out of memory, a cell of the user's own: what was trained must outlive it
            {
                broken = new($"Training broke off in epoch {epoch}: {e.GetType().Name}: {e.Message}", e);
                break;
            }
            if (!whole)
            {
                bool cancelled = _options.CancellationToken.IsCancellationRequested;
                reason = cancelled ? TrainingEndReason.Cancelled : TrainingEndReason.StoppedByCallback;
                break;
            }
            double monitored = validation?.Loss ?? training.Loss;
            if (!double.IsFinite(training.Loss) || !double.IsFinite(monitored) || !WeightsAreFinite())
            {
                broken = new(Diverged(epoch, _rate.Current));
                break;
            }

            var metrics = _task.Metrics(epoch, training, validation, _rate.Current, Stopwatch.GetElapsedTime(start).TotalSeconds);
            state.Add(metrics, monitored);
            _callbacks.EpochEnds(metrics, state.BestEpoch, () => _createModel(state.History, epoch));
            _rate.EndEpoch(monitored);
            broken = Keep(parts, epoch, isLast: epoch == _options.Epochs || state.HasStopped);
        }

        state.RestoreBest();
        if (state.HasStopped)
            reason = TrainingEndReason.EarlyStopping;
        var failure = broken ?? _callbacks.Failure ?? _rate.Failure;
        if (failure is null)
            _callbacks.TrainingEnds(reason, state.History, state.BestEpoch);
        return new(state.History, state.BestEpoch, reason, failure ?? _callbacks.Failure);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _weightDropout.Dispose();
    }

    private bool IsStopping => _options.CancellationToken.IsCancellationRequested || _callbacks.IsStopping;

    // Not where a callback threw: it is told of the epoch again when training is taken up.
    private TrainingFailure? Keep(IStateful[] parts, int epoch, bool isLast)
    {
        if (_checkpoint is null || _callbacks.Failure is not null || !(isLast || IsStopping || _checkpoint.IsDue(epoch)))
            return null;
        try
        {
            _checkpoint.Write(epoch, parts);
            return null;
        }
        catch (Exception e) // a full disk: what was trained must outlive it
        {
            return new($"Training.Checkpoint could not be written after epoch {epoch}: {e.Message}", e);
        }
    }

    private bool TrainEpoch(int epoch, out (double Loss, double Error) mean)
    {
        using var sums = new LossSums(_task, _device);
        _data.BeginTraining(_shuffling);
        int left = _data.TrainingSequences;
        for (int batch = 1; batch <= _batchesPerEpoch; batch++, left -= _options.BatchSize)
        {
            if (IsStopping || !_rate.BeginStep())
            {
                mean = default;
                return false;
            }
            TrainBatch(epoch, batch, Math.Min(_options.BatchSize, left), sums);
        }
        mean = sums.Mean();
        return true;
    }

    private void TrainBatch(int epoch, int number, int sequences, LossSums sums)
    {
        using var scope = torch.NewDisposeScope();
        var batch = _data.Next(sequences);                                                            // [T, B, F], [B, K]
        _weightDropout.Drop();
        var prediction = _network.Forward(batch, _dropout, _inputDropout); // [B, K]
        var lossSum = _task.LossSum(prediction, batch.Target, batch.Weights);
        _optimizer.ZeroGradients();
        using var values = (batch.TrainedWeightSum > 0 ? batch.TrainedWeightSum : 1).ToScalar(); // none of it labelled: no gradient; held: TorchSharp lets one that is not be freed while libtorch reads it
        (lossSum / values).backward();
        _network.ThrowIfFailed();
        _weightDropout.Restore();
        _optimizer.Step();
        sums.Add(lossSum, prediction, batch, batch.TrainedWeightSum);
        _callbacks.BatchEnds(epoch, number, _batchesPerEpoch, _rate.Current, lossSum, batch.TrainedWeightSum);
    }

    private (double Loss, double Error) Evaluate()
    {
        using var guard = torch.no_grad();
        using var sums = new LossSums(_task, _device);
        _data.BeginValidation();
        int left = _data.ValidationSequences;
        for (int batches = _data.ValidationBatches(_scoringBatchSize); batches > 0; batches--, left -= _scoringBatchSize)
        {
            using var scope = torch.NewDisposeScope();
            var batch = _data.Next(Math.Min(_scoringBatchSize, left));
            var prediction = _network.Forward(batch, dropout: null);
            sums.Add(_task.LossSum(prediction, batch.Target, batch.Weights), prediction, batch, batch.WeightSum);
        }
        return sums.Mean();
    }

    // The training loss is measured before the last step: without validation, weights that this step ruined would not show in it.
    private bool WeightsAreFinite()
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        return _network.Parameters.All(p => double.IsFinite(p.Value.sum(torch.ScalarType.Float64).item<double>()));
    }

    private static string Diverged(int epoch, double rate) =>
        $"The loss is not a finite number in epoch {epoch} at learning rate {rate}: training diverged. "
            + $"Lower Training.LearningRate (such as {rate / 10}), set Training.GradientClipNorm, or check the data for extreme values.";
}
