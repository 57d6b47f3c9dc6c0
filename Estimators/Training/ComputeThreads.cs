using MlNetRnn.Fused;

namespace MlNetRnn;

/// <summary>
/// Who computes during a training: our own threads, with libtorch on the one that trains (OpenMP's threads spin between its operations
/// and would take the cores from ours), or libtorch's threads.
/// </summary>
internal sealed class ComputeThreads : IDisposable
{
    // Batch × hidden size up to which a second thread does not pay. Measured on two quiet cores, libtorch's costs up to 37 % below this
    // and gains at most 19 % (LSTM) at it; when another process wants the core, OpenMP's threads wait for each other by spinning and
    // training takes some forty times as long.
    private const int SmallStep = 64 * 32;

    private readonly LibTorchThreads _libTorch;
    private readonly TrainingThreads? _own;

    private ComputeThreads(LibTorchThreads libTorch, TrainingThreads? own) => (_libTorch, _own) = (libTorch, own);

    /// <summary>Chooses by the options, and sets the network up for it.</summary>
    public static ComputeThreads For(RecurrentNetwork network, RecurrentOptions options, bool fused)
    {
        int? count = options.Training.Threads ?? (IsSmall(options) ? 1 : null);
        if (!fused)
            return new(new LibTorchThreads(count), own: null);
        var own = new TrainingThreads(count ?? LibTorchThreads.Given); // not the 1 of another training under way
        network.Fuse(own);
        return new(new LibTorchThreads(1), own);
    }

    public void Dispose()
    {
        _own?.Dispose();
        _libTorch.Dispose();
    }

    private static bool IsSmall(RecurrentOptions options) => (long)options.Training.BatchSize * options.HiddenSizes.Max() <= SmallStep;
}
