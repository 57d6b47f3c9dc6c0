namespace MlNetRnn;

/// <summary>
/// Told of what happens in training, and able to stop it. Override what is of interest; each method is called on the training thread,
/// which waits for it.
/// </summary>
/// <remarks>
/// What a callback throws ends training: <c>Fit</c> throws a <see cref="RecurrentTrainingException"/> with it as the inner exception and
/// the best model so far. An instance that serves several fits is told of each one's start. What a callback remembers is not in a
/// checkpoint (<see cref="TrainingOptions.Checkpoint"/>): where a run goes on from one, it is told of the epochs that follow, and again of
/// those that had ended after the checkpoint was written.
/// </remarks>
public abstract class TrainingCallback
{
    /// <summary>Called before the first batch.</summary>
    /// <param name="context">What is going to be trained on.</param>
    public virtual void OnTrainingStart(TrainingStartContext context)
    {
    }

    /// <summary>Called after each step of the optimizer.</summary>
    /// <param name="context">The batch; valid during the call.</param>
    public virtual void OnBatchEnd(BatchEndContext context)
    {
    }

    /// <summary>Called after each epoch and its validation.</summary>
    /// <param name="context">The epoch.</param>
    public virtual void OnEpochEnd(EpochEndContext context)
    {
    }

    /// <summary>
    /// Called after the best weights were restored, when training ended in good order: all epochs, early stopping, a callback's
    /// <see cref="TrainingContext.Stop"/> or cancellation. Not after a callback threw or the loss became non-finite.
    /// </summary>
    /// <param name="context">How training ended.</param>
    public virtual void OnTrainingEnd(TrainingEndContext context)
    {
    }

    /// <summary>A callback that calls a method after each epoch.</summary>
    /// <param name="action">The method.</param>
    /// <returns>The callback.</returns>
    public static TrainingCallback EachEpoch(Action<EpochEndContext> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return new EpochCallback(action);
    }

    private sealed class EpochCallback(Action<EpochEndContext> action) : TrainingCallback
    {
        public override void OnEpochEnd(EpochEndContext context) => action(context);
    }
}

/// <summary>What callbacks are told while training is under way.</summary>
public abstract class TrainingContext
{
    private readonly Action _stop;

    private protected TrainingContext(Action stop) => _stop = stop;

    /// <summary>
    /// Stops training before the next batch; the best model so far is returned. An epoch that was not finished does not count. If none
    /// was, <c>Fit</c> throws a <see cref="RecurrentTrainingException"/> without a model.
    /// </summary>
    public void Stop() => _stop();
}

/// <summary>The start of training.</summary>
public sealed class TrainingStartContext : TrainingContext
{
    internal TrainingStartContext(Action stop)
        : base(stop)
    {
    }

    /// <summary>Epochs, at most.</summary>
    public required int Epochs { get; init; }

    /// <summary>
    /// Epochs that were trained by runs before, which this one goes on from (<see cref="TrainingOptions.Checkpoint"/>); else 0.
    /// </summary>
    public required int CompletedEpochs { get; init; }

    /// <summary>Batches, and steps of the optimizer, per epoch.</summary>
    public required int BatchesPerEpoch { get; init; }

    /// <summary>Labelled sequences that are trained on.</summary>
    public required int TrainingSequences { get; init; }

    /// <summary>Labelled sequences that validate.</summary>
    public required int ValidationSequences { get; init; }
}

/// <summary>The end of a batch.</summary>
public sealed class BatchEndContext : TrainingContext
{
    private Func<double>? _readLoss;
    private double _loss;

    internal BatchEndContext(Action stop, Func<double> readLoss)
        : base(stop) => _readLoss = readLoss;

    /// <summary>The epoch, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The batch within the epoch, counted from 1.</summary>
    public required int Batch { get; init; }

    /// <summary>Batches per epoch.</summary>
    public required int BatchesPerEpoch { get; init; }

    /// <summary>The learning rate of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>
    /// Mean loss over the batch, before the step and with dropout active, in standardised units. Fetched from the device when it is
    /// first read, which on a GPU waits for the batch.
    /// </summary>
    public double Loss
    {
        get
        {
            if (_readLoss is { } read)
                (_loss, _readLoss) = (read(), null);
            return _loss;
        }
    }

    // The loss lives on the device until the batch's memory is freed.
    internal void Close() => _readLoss = _readLoss is null ? null : static () => throw new InvalidOperationException(
        "The loss of a batch can be read only while OnBatchEnd runs; read it there and keep the number.");
}

/// <summary>The end of an epoch.</summary>
public sealed class EpochEndContext : TrainingContext
{
    private Func<SequenceModel>? _createModel;

    internal EpochEndContext(Action stop, Func<SequenceModel> createModel)
        : base(stop) => _createModel = createModel;

    /// <summary>Losses, errors, learning rate and seconds of the epoch.</summary>
    public required EpochMetrics Metrics { get; init; }

    /// <summary>Epochs, at most.</summary>
    public required int Epochs { get; init; }

    /// <summary>The epoch whose weights would be kept if training ended now, counted from 1.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>
    /// The model as it is after this epoch, to be scored or saved while training goes on. It costs as much as writing the model's file;
    /// its graph has not been compared with the network yet, nor have bounds of forecasts been calibrated.
    /// </summary>
    /// <returns>The model, which stays as it is.</returns>
    /// <exception cref="InvalidOperationException">The call of <see cref="TrainingCallback.OnEpochEnd"/> is over.</exception>
    public SequenceModel CreateModel() => _createModel?.Invoke() ?? throw new InvalidOperationException(
        "The model after an epoch can be made only while OnEpochEnd runs: the next epoch changes its weights. Make it there and keep it.");

    internal void Close() => _createModel = null;
}

/// <summary>The end of training in good order.</summary>
public sealed class TrainingEndContext
{
    internal TrainingEndContext()
    {
    }

    /// <summary>Why training ended.</summary>
    public required TrainingEndReason Reason { get; init; }

    /// <summary>One entry per epoch.</summary>
    public required IReadOnlyList<EpochMetrics> History { get; init; }

    /// <summary>The epoch whose weights the model has, counted from 1; 0 if none ended.</summary>
    public required int BestEpoch { get; init; }
}

/// <summary>Why training ended in good order.</summary>
public enum TrainingEndReason
{
    /// <summary>All epochs were trained.</summary>
    LastEpoch,

    /// <summary>The loss did not fall any more (<see cref="TrainingOptions.EarlyStopping"/>).</summary>
    EarlyStopping,

    /// <summary>A callback called <see cref="TrainingContext.Stop"/>.</summary>
    StoppedByCallback,

    /// <summary>The <see cref="TrainingOptions.CancellationToken"/> was cancelled.</summary>
    Cancelled,
}
