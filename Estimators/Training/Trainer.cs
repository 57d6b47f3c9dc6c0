using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>What training came to. The network holds the weights of <paramref name="BestEpoch"/>; 0 means that no epoch ended well.</summary>
/// <param name="History">One entry per epoch.</param>
/// <param name="BestEpoch">The epoch whose weights the network holds.</param>
/// <param name="Failure">Why training broke off, or null.</param>
internal sealed record TrainingOutcome(IReadOnlyList<EpochMetrics> History, int BestEpoch, string? Failure);

/// <summary>The training loop.</summary>
internal sealed class Trainer : IDisposable
{
    private const int ScoringBatchSize = 512; // validation needs no gradients: larger batches are faster

    private readonly RecurrentNetwork _network;
    private readonly SequenceTask _task;
    private readonly TrainingOptions _options;
    private readonly ValidationSplit _split;
    private readonly BatchLoader _loader;
    private readonly WeightOptimizer _optimizer;
    private readonly DropoutMasks _dropout;
    private readonly Random _shuffling;
    private readonly torch.Device _device;

    public Trainer(
        RecurrentNetwork network, SequenceTask task, TrainingOptions options, ValidationSplit split, BatchLoader loader,
        torch.Device device, int seed)
    {
        (_network, _task, _options, _split, _loader, _device) = (network, task, options, split, loader, device);
        Parameter[] parameters = [.. network.Parameters.Select(p => p.Value)];
        _optimizer = device.type == DeviceType.CPU ? new CpuOptimizer(options, parameters) : new TorchOptimizer(options, parameters);
        _dropout = new DropoutMasks(network.Dropout, seed);
        _shuffling = new Random(seed);
    }

    /// <summary>Trains until the last epoch, a plateau, a non-finite loss or cancellation.</summary>
    public TrainingOutcome Run(Action<EpochMetrics> report)
    {
        using var best = new Snapshot(_network);
        var stopping = _options.EarlyStopping is { } stop ? new Plateau(stop.Patience, stop.MinimumDelta) : null;
        var reducing = _options.ReduceLearningRate is { } reduce ? new Plateau(reduce.Patience) : null;
        var history = new List<EpochMetrics>();
        var order = (int[])_split.Training.Clone();
        double rate = _options.LearningRate, lowest = double.PositiveInfinity;
        int bestEpoch = 0;
        string? failure = null;

        for (int epoch = 1; epoch <= _options.Epochs; epoch++)
        {
            long start = Stopwatch.GetTimestamp();
            _shuffling.Shuffle(order);
            if (!TrainEpoch(order, out var training))
                break; // cancelled
            var validation = _split.Validation.Length > 0 ? Evaluate(_split.Validation) : ((double Loss, double Error)?)null;
            double monitored = validation?.Loss ?? training.Loss;
            if (!double.IsFinite(training.Loss) || !double.IsFinite(monitored) || !WeightsAreFinite())
            {
                failure = Diverged(epoch, rate);
                break;
            }

            var metrics = new EpochMetrics(
                epoch, training.Loss, training.Error, validation?.Loss, validation?.Error, rate, Stopwatch.GetElapsedTime(start).TotalSeconds);
            history.Add(metrics);
            report(metrics);
            bool keepsBest = _options.EarlyStopping is not null;
            if (monitored < lowest || !keepsBest)
            {
                (lowest, bestEpoch) = (Math.Min(lowest, monitored), epoch);
                best.Take();
            }
            if (stopping?.IsReached(monitored) == true)
                break;
            if (reducing?.IsReached(monitored) == true)
                _optimizer.LearningRate = rate = Lower(rate, _options.ReduceLearningRate!);
        }

        best.Restore();
        return new(history, bestEpoch, failure);
    }

    public void Dispose() => _optimizer.Dispose();

    private bool TrainEpoch(int[] order, out (double Loss, double Error) mean)
    {
        using var sums = new LossSums(_task, _device);
        for (int at = 0; at < order.Length; at += _options.BatchSize)
        {
            if (_options.CancellationToken.IsCancellationRequested)
            {
                mean = default;
                return false;
            }
            TrainBatch(order.AsSpan(at, Math.Min(_options.BatchSize, order.Length - at)), sums);
        }
        mean = sums.Mean();
        return true;
    }

    private void TrainBatch(ReadOnlySpan<int> indices, LossSums sums)
    {
        using var scope = torch.NewDisposeScope();
        var batch = _loader.Load(indices);                              // [T, B, F], [B, K]
        var prediction = _network.Forward(batch.Input, batch.Lengths, _dropout); // [B, K]
        var lossSum = _task.LossSum(prediction, batch.Target, batch.Mask);
        _optimizer.ZeroGradients();
        (lossSum / batch.LabelledValues).backward();
        _optimizer.Step();
        sums.Add(lossSum, prediction, batch);
    }

    private (double Loss, double Error) Evaluate(int[] indices)
    {
        using var guard = torch.no_grad();
        using var sums = new LossSums(_task, _device);
        for (int at = 0; at < indices.Length; at += ScoringBatchSize)
        {
            using var scope = torch.NewDisposeScope();
            var batch = _loader.Load(indices.AsSpan(at, Math.Min(ScoringBatchSize, indices.Length - at)));
            var prediction = _network.Forward(batch.Input, batch.Lengths, dropout: null);
            sums.Add(_task.LossSum(prediction, batch.Target, batch.Mask), prediction, batch);
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

    // Never below the minimum, nor up to it from a rate that started lower.
    private static double Lower(double rate, ReduceLearningRateOptions reduce) =>
        Math.Max(Math.Min(rate, reduce.Minimum), rate * reduce.Factor);

    private static string Diverged(int epoch, double rate) =>
        $"The loss is not a finite number in epoch {epoch} at learning rate {rate}: training diverged. "
            + $"Lower Training.LearningRate (such as {rate / 10}), set Training.GradientClipNorm, or check the data for extreme values.";
}
