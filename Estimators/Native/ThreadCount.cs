using TorchSharp;

namespace MlNetRnn;

/// <summary>Sets libtorch's number of threads for the time of a training, and puts the old one back.</summary>
internal sealed class ThreadCount : IDisposable
{
    // Batch × hidden size up to which a second thread does not pay. Measured on two quiet cores it costs up to 37 % below this and
    // gains at most 19 % (LSTM) at it; when another process wants the core, OpenMP's threads wait for each other by spinning and
    // training takes some forty times as long.
    private const int SmallStep = 64 * 32;

    private static readonly Lock Gate = new();
    private static int s_users;
    private static int s_before; // what is put back: not what another training under way has set

    private bool _isSet;

    private ThreadCount(int? threads)
    {
        if (threads is not { } count)
            return;
        lock (Gate)
        {
            if (s_users++ == 0)
                s_before = torch.get_num_threads();
            torch.set_num_threads(count);
            _isSet = true;
        }
    }

    public static ThreadCount For(RecurrentOptions options) => new(options.Training.Threads ?? (IsSmall(options) ? 1 : null));

    public void Dispose()
    {
        if (!_isSet)
            return;
        lock (Gate)
        {
            s_users--;
            torch.set_num_threads(s_before); // OpenMP keeps the number per thread: those of others go on with theirs
            _isSet = false;
        }
    }

    private static bool IsSmall(RecurrentOptions options) => (long)options.Training.BatchSize * options.HiddenSizes.Max() <= SmallStep;
}
