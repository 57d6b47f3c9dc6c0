namespace MlNetRnn;

/// <summary>How a network is trained. Immutable: change it by <c>with</c>.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training sequences, at most. Default: 10.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Sequences per step of the optimizer. Default: 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Learning rate at the start. Default: 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The optimizer. Default: <see cref="Optimizer.Adam"/>.</summary>
    public Optimizer Optimizer { get; init; } = Optimizer.Adam;

    /// <summary>
    /// Largest Euclidean norm of the gradient over all weights; a longer one is scaled down (Pascanu, Mikolov and Bengio, 2013).
    /// Null for no limit. Default: 1.
    /// </summary>
    public double? GradientClipNorm { get; init; } = 1;

    /// <summary>
    /// Share of the labelled sequences held out for validation, 0 to below 1: always the latest ones, never shuffled, and sequences
    /// whose label reaches into them are left out of training. 0 trains without validation. Default: 0.1.
    /// </summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>
    /// When to stop before the last epoch; the weights of the best epoch are restored. Null trains all epochs and keeps the last weights.
    /// </summary>
    public EarlyStoppingOptions? EarlyStopping { get; init; } = new();

    /// <summary>When to lower the learning rate. Null keeps it.</summary>
    public ReduceLearningRateOptions? ReduceLearningRate { get; init; } = new();

    /// <summary>Seed of initial weights, shuffling and dropout. Null (default) draws one from the MLContext's seed.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// Where to train: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>. Null (default) follows <c>mlContext.GpuDeviceId</c> and <c>FallbackToCpu</c>.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>
    /// Threads that libtorch computes with during training. Null (default) is one where a step is small (batch × largest hidden size
    /// up to 2048: handing over work costs more than it saves), else libtorch's setting.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>Told of each epoch as it ends, on the training thread. Default: none.</summary>
    public IProgress<EpochMetrics>? Progress { get; init; }

    /// <summary>
    /// Stops training after the batch under way; the best model so far is returned. Before any epoch ended,
    /// <see cref="OperationCanceledException"/> is thrown.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }
}

/// <summary>Optimizers, each with PyTorch's defaults.</summary>
public enum Optimizer
{
    /// <summary>Adam (Kingma and Ba, 2015).</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay of 0.01 (Loshchilov and Hutter, 2019).</summary>
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
