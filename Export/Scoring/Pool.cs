namespace MlNetRnn;

/// <summary>Something that is used by one call after the other, and keeps memory in between.</summary>
internal interface IPooled : IDisposable
{
    /// <summary>What it holds, about.</summary>
    long Bytes { get; }
}

/// <summary>Keeps what calls are done with for the next ones, up to a number of bytes; what is more is freed.</summary>
internal sealed class Pool<T>(Func<T> create, long mostBytes) : IDisposable
    where T : class, IPooled
{
    private readonly Lock _lock = new();
    private readonly Stack<T> _idle = [];
    private long _bytes; // of the idle ones
    private bool _closed;

    public T Rent()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var item))
            {
                _bytes -= item.Bytes;
                return item;
            }
        }
        return create();
    }

    public void Return(T item)
    {
        long bytes = item.Bytes;
        lock (_lock)
        {
            if (!_closed && _bytes + bytes <= mostBytes)
            {
                _idle.Push(item);
                _bytes += bytes;
                return;
            }
        }
        item.Dispose();
    }

    /// <summary>Frees the idle ones; those in use are freed when they come back.</summary>
    public void Dispose()
    {
        T[] idle;
        lock (_lock)
        {
            _closed = true;
            idle = [.. _idle];
            _idle.Clear();
        }
        foreach (var item in idle)
            item.Dispose();
    }
}
