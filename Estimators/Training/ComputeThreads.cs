using MlNetRnn.Fused;

namespace MlNetRnn;

/// <summary>
/// Who computes during a training: our own threads, with libtorch on the one that trains (OpenMP's threads spin between its operations
/// and would take the cores from ours), or libtorch's threads.
/// </summary>
internal sealed class ComputeThreads : IDisposable
{
    // Batch × hidden size up to which a second thread does not pay, measured on two quiet cores. Ours: handing over costs 10 % at 1024 and
    // gains 10 to 25 % at 2048.
    private const int SmallStep = 1024;

    // libtorch's: below this they cost up to 37 % and gain at most 19 % (LSTM) at it; when another process wants the core, OpenMP's
    // threads wait for each other by spinning and training takes some forty times as long.
    private const int SmallLibTorchStep = 2048;

    private readonly LibTorchThreads _libTorch;
    private readonly TrainingThreads? _own;

    private ComputeThreads(LibTorchThreads libTorch, TrainingThreads? own) => (_libTorch, _own) = (libTorch, own);

    /// <summary>Chooses by the options, and sets the network up for it.</summary>
    public static ComputeThreads For(RecurrentNetwork network, RecurrentOptions options, bool fused)
    {
        long step = (long)options.Training.BatchSize * options.HiddenSizes.Max();
        int? count = options.Training.Threads ?? (step <= (fused ? SmallStep : SmallLibTorchStep) ? 1 : null);
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
}
