using TorchSharp;

namespace MlNetRnn;

/// <summary>Sets libtorch's number of threads, a process-wide setting, and puts the old one back.</summary>
internal sealed class ThreadCount : IDisposable
{
    private readonly int? _before;

    public ThreadCount(int? threads)
    {
        if (threads is not { } count)
            return;
        _before = torch.get_num_threads();
        torch.set_num_threads(count);
    }

    public void Dispose()
    {
        if (_before is { } count)
            torch.set_num_threads(count);
    }
}
