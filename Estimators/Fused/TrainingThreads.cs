using System.Runtime.ExceptionServices;

namespace MlNetRnn.Fused;

/// <summary>Work that is split into shares, each in memory of its own, that may be done in any order and by any thread.</summary>
internal interface IShares
{
    /// <summary>Does one share.</summary>
    /// <param name="share">Its number, from 0.</param>
    /// <param name="shares">How many there are.</param>
    void Do(int share, int shares);
}

/// <summary>
/// Threads that share the work of a recurrent layer. There are as many shares as threads, but a thread that is free takes the next: where
/// the machine has other work to do, and a thread does not come, the caller does its share. Between two pieces of work, mostly
/// microseconds apart, threads spin; when nothing comes they sleep.
/// </summary>
internal sealed class TrainingThreads : IDisposable
{
    private const int Spins = 2000; // some 50 µs

    private readonly object _lock = new(); // a Lock cannot be waited for
    private IShares? _work;
    private long _state; // the round in the upper half, its next share in the lower: none can be taken of a round that is over
    private int _undone; // shares of the round
    private bool _isClosed;
    private ExceptionDispatchInfo? _failure;

    /// <param name="count">Threads in all, the caller's included.</param>
    public TrainingThreads(int count)
    {
        Count = count;
        _state = count; // of round 0, which has no share left
        for (int i = 1; i < count; i++)
            new Thread(Work) { IsBackground = true, Name = $"MlNetRnn training {i}" }.Start();
    }

    /// <summary>Threads in all.</summary>
    public int Count { get; }

    /// <summary>Does all shares and waits for them. The first exception of any is thrown. For one caller at a time.</summary>
    /// <exception cref="ObjectDisposedException">The threads have ended.</exception>
    public void Run(IShares work)
    {
        if (Count == 1)
        {
            work.Do(0, 1);
            return;
        }
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            (_work, _undone, _failure) = (work, Count, null);
            Volatile.Write(ref _state, (_state >> 32) + 1 << 32);
            Monitor.PulseAll(_lock);
        }
        DoShares();
        WaitForOthers();
        _failure?.Throw();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void Work()
    {
        while (true)
        {
            for (int spin = 0; spin < Spins && !HasShare(Volatile.Read(ref _state)); spin++)
                Thread.SpinWait(1);
            lock (_lock)
            {
                while (!HasShare(_state) && !_isClosed)
                    Monitor.Wait(_lock);
                if (_isClosed)
                    return;
            }
            DoShares();
        }
    }

    private bool HasShare(long state) => (int)state < Count;

    private void DoShares()
    {
        for (long state = Volatile.Read(ref _state); HasShare(state); state = Volatile.Read(ref _state))
        {
            if (Interlocked.CompareExchange(ref _state, state + 1, state) == state)
                DoShare((int)state);
        }
    }

    private void DoShare(int share)
    {
        try
        {
            _work!.Do(share, Count);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        }
        if (Interlocked.Decrement(ref _undone) == 0)
        {
            lock (_lock)
                Monitor.PulseAll(_lock);
        }
    }

    private void WaitForOthers()
    {
        for (int spin = 0; spin < Spins && Volatile.Read(ref _undone) > 0; spin++)
            Thread.SpinWait(1);
        if (Volatile.Read(ref _undone) == 0)
            return;
        lock (_lock)
        {
            while (_undone > 0)
                Monitor.Wait(_lock);
        }
    }
}
