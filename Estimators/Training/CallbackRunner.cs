using TorchSharp;

namespace MlNetRnn;

/// <summary>Tells the log, the progress handler and the callbacks what happens, and keeps what they ask for or throw.</summary>
internal sealed class CallbackRunner(TrainingOptions options, Action<string> log)
{
    private volatile bool _isStopped; // a callback may keep its context and call Stop from another thread

    /// <summary>What one of them threw, or null.</summary>
    public TrainingFailure? Failure { get; private set; }

    /// <summary>Whether training is to end before the next batch.</summary>
    public bool IsStopping => _isStopped || Failure is not null;

    public void TrainingStarts(TrainingData data, int batchesPerEpoch, int completedEpochs)
    {
        if (options.Callbacks.IsEmpty)
            return;
        var context = new TrainingStartContext(Stop)
        {
            Epochs = options.Epochs,
            CompletedEpochs = completedEpochs,
            BatchesPerEpoch = batchesPerEpoch,
            TrainingSequences = data.TrainingSequences,
            ValidationSequences = data.ValidationSequences,
        };
        TellAll("at the start of training", callback => callback.OnTrainingStart(context));
    }

    /// <param name="epoch">The epoch, counted from 1.</param>
    /// <param name="batch">The batch, counted from 1.</param>
    /// <param name="batchesPerEpoch">Batches per epoch.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="lossSum">The batch's loss on its device, read only if a callback asks.</param>
    /// <param name="weights">Sum of the weights of the batch's labelled values.</param>
    public void BatchEnds(int epoch, int batch, int batchesPerEpoch, double learningRate, torch.Tensor lossSum, double weights)
    {
        if (options.Callbacks.IsEmpty)
            return;
        var context = new BatchEndContext(Stop, () => lossSum.ToDouble() / weights)
        {
            Epoch = epoch,
            Batch = batch,
            BatchesPerEpoch = batchesPerEpoch,
            LearningRate = learningRate,
        };
        TellAll($"after batch {batch} of epoch {epoch}", callback => callback.OnBatchEnd(context));
        context.Close();
    }

    /// <param name="metrics">The epoch.</param>
    /// <param name="bestEpoch">The best so far.</param>
    /// <param name="createModel">Makes the model after it.</param>
    public void EpochEnds(EpochMetrics metrics, int bestEpoch, Func<SequenceModel> createModel)
    {
        string when = $"after epoch {metrics.Epoch}";
        Tell("A handler of the context's log", when, () => log(Line(metrics)));
        if (options.Progress is { } progress)
            Tell("Training.Progress", when, () => progress.Report(metrics));
        var context = new EpochEndContext(Stop, createModel) { Metrics = metrics, Epochs = options.Epochs, BestEpoch = bestEpoch };
        TellAll(when, callback => callback.OnEpochEnd(context));
        context.Close();
    }

    public void TrainingEnds(TrainingEndReason reason, IReadOnlyList<EpochMetrics> history, int bestEpoch)
    {
        var context = new TrainingEndContext { Reason = reason, History = history, BestEpoch = bestEpoch };
        TellAll("at the end of training", callback => callback.OnTrainingEnd(context));
    }

    private static string Line(EpochMetrics metrics) =>
        $"Epoch {metrics.Epoch}: loss {metrics.TrainingLoss:g5}, validation loss {metrics.ValidationLoss:g5}, learning rate "
            + $"{metrics.LearningRate:g3}, {metrics.Seconds:f1} s.";

    private void Stop() => _isStopped = true;

    private void TellAll(string when, Action<TrainingCallback> tell)
    {
        foreach (var callback in options.Callbacks)
            Tell($"The callback {callback.GetType().Name}", when, () => tell(callback));
    }

    // Kept and thrown at the end of Fit with the best model: what was trained must outlive what watches it.
    private void Tell(string who, string when, Action tell)
    {
        if (Failure is not null)
            return;
        try
        {
            tell();
        }
        catch (Exception e)
        {
            Failure = new($"{who} threw {e.GetType().Name} {when}: {e.Message}", e);
        }
    }
}
