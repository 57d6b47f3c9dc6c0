using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>How a network is trained. Immutable: change it by <c>with</c>.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training sequences, at most. Default: 10.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Sequences per step of the optimizer. Default: 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Learning rate at the start; with a <see cref="Schedule"/>, the rate that it works from. Default: 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>
    /// How the learning rate changes over training, such as <see cref="CosineSchedule"/> or a <see cref="WarmUpSchedule"/> in front
    /// of one. Null (default) keeps it until <see cref="ReduceLearningRate"/> lowers it; with a schedule nothing else changes the rate.
    /// </summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>The optimizer. Default: <see cref="Optimizer.Adam"/>.</summary>
    public Optimizer Optimizer { get; init; } = Optimizer.Adam;

    /// <summary>
    /// Largest Euclidean norm of the gradient over all weights; a longer one is scaled down (Pascanu, Mikolov and Bengio, 2013).
    /// Null for no limit. Default: 1.
    /// </summary>
    public double? GradientClipNorm { get; init; } = 1;

    /// <summary>
    /// Weight decay. For Adam, RMSprop and SGD the derivative of an L2 penalty, added to the gradient (after clipping); for AdamW
    /// decoupled from it (Loshchilov and Hutter, 2019); both as PyTorch's <c>weight_decay</c>. Null (default) is the optimizer's own:
    /// 0.01 for AdamW, else 0.
    /// </summary>
    public double? WeightDecay { get; init; }

    /// <summary>
    /// Share of the labelled sequences held out for validation, 0 to below 1: always the latest ones (of each group), never shuffled,
    /// and sequences whose label reaches into them are left out of training. 0 trains without validation. Not used where <c>Fit</c> is
    /// given validation data. Default: 0.1.
    /// </summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>
    /// A scalar column (text, key, number) that tells series apart, so that the latest part of each validates: round(n ×
    /// <see cref="ValidationFraction"/>) of a group's n labelled sequences, at least 1 and at most n - 1; a group of one is trained on.
    /// Groups may be interleaved. Null (default) takes the column that <c>SlidingWindow</c> grouped by, if it is still in the data;
    /// without groups the data is one series.
    /// </summary>
    public string? GroupColumnName { get; init; }

    /// <summary>
    /// Trains from data larger than memory: the number of sequences that are held at a time, at least <see cref="BatchSize"/>; each batch
    /// is drawn from them at random and the rows that follow take the places of those drawn (the shuffle buffer of tf.data and of
    /// PyTorch's data pipes). Null (default) reads the data once, holds all of it, each value once, and shuffles it wholly each epoch.
    /// </summary>
    /// <remarks>
    /// <para>With a number, the data is read once before training, to count it and to fit the scaling (where a part of it validates, its
    /// labels are read first), then once each epoch, and once more where a part of each of several series validates. It must give the
    /// same rows each time. Scaling, split and checks are those of data in memory; only the order in which sequences train is another.</para>
    /// <para>Held are as many sequences of steps × features Singles each, overlapping or not, a sample of up to 256 (not more than the
    /// buffer) and a counter per group, whatever the number of rows. A buffer of as many sequences as there are shuffles wholly; one of
    /// <see cref="BatchSize"/> keeps the order of the data from batch to batch. Where neighbouring rows are alike, as windows of a series
    /// are, a buffer that spans many of them trains better.</para>
    /// </remarks>
    public int? ShuffleBufferSize { get; init; }

    /// <summary>
    /// When to stop before the last epoch; the weights of the best epoch are restored. Null trains all epochs and keeps the last weights.
    /// </summary>
    public EarlyStoppingOptions? EarlyStopping { get; init; } = new();

    /// <summary>
    /// When to lower the learning rate; the default options where there is no <see cref="Schedule"/>, and none where there is one (both
    /// at once are refused). Null keeps the rate.
    /// </summary>
    public ReduceLearningRateOptions? ReduceLearningRate
    {
        get => Schedule is null || IsReduceLearningRateGiven ? field : null;
        init => (field, IsReduceLearningRateGiven) = (value, true);
    } = new();

    /// <summary>
    /// Seed of initial weights, shuffling and dropout. Null (default) draws one from the MLContext's seed, or takes that of the
    /// <see cref="Checkpoint"/> that training goes on from.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>
    /// Where to train: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>. Null (default) follows <c>mlContext.GpuDeviceId</c> and <c>FallbackToCpu</c>.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>
    /// What computes recurrent layers while training on the CPU. The models are the same but for rounding. Default:
    /// <see cref="RecurrentKernels.Auto"/>.
    /// </summary>
    public RecurrentKernels Kernels { get; init; }

    /// <summary>
    /// Threads that compute during training, 1 to 1024; more than there are cores slow it down. Null (default) is one where a step is
    /// small (batch × largest hidden size up to 1024, with libtorch's layers 2048: handing over work costs more than it saves), else
    /// libtorch's setting.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>
    /// A file that training keeps its state in at the end of epochs, and goes on from where it exists: a run that was killed is taken up
    /// again by the same <c>Fit</c>, to the same model. Null (default) keeps none.
    /// </summary>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>
    /// Told of what happens in training, in their order and on the training thread; they may stop it. One that throws ends training
    /// with a <see cref="RecurrentTrainingException"/> that carries the best model so far. Default: none.
    /// </summary>
    public ImmutableArray<TrainingCallback> Callbacks { get; init; } = [];

    /// <summary>
    /// Told of each epoch as it ends, on the training thread, before <see cref="Callbacks"/>. If it throws, training ends as if a
    /// callback did. Default: none.
    /// </summary>
    public IProgress<EpochMetrics>? Progress { get; init; }

    /// <summary>
    /// Stops training after the batch under way; the best model so far is returned. Before any epoch ended,
    /// <see cref="OperationCanceledException"/> is thrown.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Which part of examples without an order of time validates.</summary>
    internal int ValidationPart { get; init; }

    /// <summary>Whether <see cref="ReduceLearningRate"/> was set: the default gives way to a <see cref="Schedule"/>.</summary>
    internal bool IsReduceLearningRateGiven { get; private init; }
}

/// <summary>What computes recurrent layers while training.</summary>
public enum RecurrentKernels
{
    /// <summary>
    /// The faster one: <see cref="Fused"/> for the library's own cells on the CPU of a machine with AVX2 or AVX-512, else
    /// <see cref="LibTorch"/>.
    /// </summary>
    Auto,

    /// <summary>
    /// The library's own: a whole layer in one call, products and gates in one pass, gradients of all weights as one product over all
    /// steps. Refused where it cannot be had: for cells of the user's own, on CUDA, without AVX2.
    /// </summary>
    Fused,

    /// <summary>libtorch's layers: oneDNN, native or cuDNN.</summary>
    LibTorch,
}

/// <summary>Optimizers, each with PyTorch's defaults.</summary>
public enum Optimizer
{
    /// <summary>Adam (Kingma and Ba, 2015).</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay, 0.01 unless given (Loshchilov and Hutter, 2019).</summary>
    AdamW,

    /// <summary>RMSprop (Tieleman and Hinton, 2012), smoothing 0.99.</summary>
    RmsProp,

    /// <summary>Stochastic gradient descent without momentum.</summary>
    Sgd,
}

/// <summary>
/// Stops training when the validation loss (without validation, the training loss) stops falling, and restores the best epoch's weights.
/// </summary>
public sealed record EarlyStoppingOptions
{
    /// <summary>Epochs without a lower loss after which training stops. Default: 3.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>By how much the loss must fall to count. Default: 0.</summary>
    public double MinimumDelta { get; init; }
}

/// <summary>Lowers the learning rate when the validation loss (without validation, the training loss) stops falling.</summary>
public sealed record ReduceLearningRateOptions
{
    /// <summary>What the learning rate is multiplied by, between 0 and 1. Default: 0.2.</summary>
    public double Factor { get; init; } = 0.2;

    /// <summary>Epochs without a lower loss after which it is lowered. Default: 2.</summary>
    public int Patience { get; init; } = 2;

    /// <summary>The learning rate is never lowered below this. Default: 1e-6.</summary>
    public double Minimum { get; init; } = 1e-6;
}
