using System.Runtime.ExceptionServices;

namespace MlNetRnn.Fused;

/// <summary>Work that is split into shares, each in memory of its own.</summary>
internal interface IShares
{
    /// <summary>Does one share.</summary>
    /// <param name="share">Its number, from 0.</param>
    /// <param name="shares">How many there are.</param>
    void Do(int share, int shares);
}

/// <summary>
/// Threads that share the work of a recurrent layer. Between two pieces of work, mostly microseconds apart, they spin; when nothing comes
/// they sleep, so that a machine with other work to do is not held up.
/// </summary>
internal sealed class TrainingThreads : IDisposable
{
    private const int Spins = 2000; // some 50 µs

    private readonly object _lock = new(); // a Lock cannot be waited for
    private IShares? _work;
    private long _round; // counts pieces of work; hours of them are more than an Int32 holds
    private int _atWork; // threads beside the caller that are not yet done with the round
    private bool _isClosed;
    private ExceptionDispatchInfo? _failure;

    /// <param name="count">Threads in all, the caller's included.</param>
    public TrainingThreads(int count)
    {
        Count = count;
        for (int share = 1; share < count; share++)
        {
            int own = share;
            new Thread(() => Work(own)) { IsBackground = true, Name = $"MlNetRnn training {share}" }.Start();
        }
    }

    /// <summary>Threads in all.</summary>
    public int Count { get; }

    /// <summary>Does all shares, one on each thread. For one caller at a time.</summary>
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
            (_work, _atWork, _failure) = (work, Count - 1, null);
            Volatile.Write(ref _round, _round + 1);
            Monitor.PulseAll(_lock);
        }
        DoShare(work, 0);
        WaitForOthers();
        _failure?.Throw();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            Volatile.Write(ref _round, _round + 1);
            Monitor.PulseAll(_lock);
        }
    }

    private void Work(int share)
    {
        for (long round = 1; ; round++)
        {
            for (int spin = 0; spin < Spins && Volatile.Read(ref _round) < round; spin++)
                Thread.SpinWait(1);
            lock (_lock)
            {
                while (_round < round)
                    Monitor.Wait(_lock);
                if (_isClosed)
                    return;
            }
            DoShare(_work!, share);
            if (Interlocked.Decrement(ref _atWork) == 0)
            {
                lock (_lock)
                    Monitor.PulseAll(_lock);
            }
        }
    }

    private void DoShare(IShares work, int share)
    {
        try
        {
            work.Do(share, Count);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        }
    }

    private void WaitForOthers()
    {
        for (int spin = 0; spin < Spins && Volatile.Read(ref _atWork) > 0; spin++)
            Thread.SpinWait(1);
        if (Volatile.Read(ref _atWork) == 0)
            return;
        lock (_lock)
        {
            while (_atWork > 0)
                Monitor.Wait(_lock);
        }
    }
}
