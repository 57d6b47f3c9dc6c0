namespace MlNetRnn;

/// <summary>
/// Where training keeps its state, so that a run that was killed, cancelled or failed is taken up again. Immutable: change it by
/// <c>with</c>. Not to be confused with <see cref="SequenceEngine{TRow, TPrediction}.Checkpoint(string)"/>, which keeps what a trained
/// model remembers.
/// </summary>
/// <remarks>
/// <para>Where the file exists, <c>Fit</c> goes on from it, and the model equals that of an unbroken run bit for bit (with the same
/// machine and <see cref="TrainingOptions.Threads"/>). Where it does not, <c>Fit</c> begins, and writes it at the end of epochs; a file is
/// replaced as a whole, so that it holds one epoch or another at any moment. It stays when training ends: the same <c>Fit</c> then gives
/// the same model without training.</para>
/// <para>It holds the weights, those of the best epoch, the optimizer's state, the learning rate, what early stopping and
/// <see cref="TrainingOptions.ReduceLearningRate"/> counted, the random numbers of dropout, the history and the seed: some four times the
/// size of the weights. Not the data, nor the state of callbacks.</para>
/// <para>It belongs to one fit. With another network, other options that change the result, another initial model or other data it is
/// refused, naming what differs, and left alone. <see cref="TrainingOptions.Epochs"/> may be raised where the
/// <see cref="TrainingOptions.Schedule"/> gives the epochs done the same rates, as do all that do not depend on the number of epochs.
/// Give each fit a path of its own, each fold of a cross-validation too.</para>
/// </remarks>
public sealed record CheckpointOptions
{
    /// <summary>The file, in a folder that exists.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Epochs from one writing to the next. Written too: at the last epoch, where early stopping ends training, and at the end of an epoch
    /// after which a callback or the <see cref="TrainingOptions.CancellationToken"/> stops it. Default: 1.
    /// </summary>
    public int EveryEpochs { get; init; } = 1;
}
