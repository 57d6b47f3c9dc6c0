using TorchSharp;

namespace MlNetRnn;

/// <summary>Sets libtorch's number of threads for the time of a training, and puts the old one back.</summary>
internal sealed class LibTorchThreads : IDisposable
{
    private static readonly Lock Gate = new();
    private static int s_users;
    private static int s_before; // what is put back: not what another training under way has set

    private bool _isSet;

    /// <summary>The number that holds where no training has set one.</summary>
    public static int Given
    {
        get
        {
            lock (Gate)
                return s_users > 0 ? s_before : torch.get_num_threads();
        }
    }

    /// <param name="count">The number; null leaves it.</param>
    public LibTorchThreads(int? count)
    {
        if (count is not { } threads)
            return;
        lock (Gate)
        {
            if (s_users++ == 0)
                s_before = torch.get_num_threads();
            torch.set_num_threads(threads);
            _isSet = true;
        }
    }

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
}
