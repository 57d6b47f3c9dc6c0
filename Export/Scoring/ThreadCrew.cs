using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>Work in parts that any thread may take, in any order.</summary>
internal interface IParts
{
    /// <summary>Does one part, in memory that no other part has.</summary>
    void Score(int part, SequenceRun run);
}

/// <summary>
/// Does the parts of a call on several threads without allocating: the caller takes one part after the other, and so do threads of the
/// pool as they come. A busy pool delays nothing, since the caller takes what nobody else has begun. For one caller at a time.
/// </summary>
internal sealed class ThreadCrew : IDisposable
{
    private const int Spins = 50; // before the caller sleeps: a helper's last part mostly ends soon after the caller's

    private readonly Func<SequenceRun> _createRun;
    private readonly int _threads;
    private readonly List<SequenceRun> _runs = []; // the caller's, then those of the helpers
    private readonly List<Helper> _helpers = [];
    private readonly object _lock = new(); // a Lock cannot be waited for
    private IParts? _work; // null: there is no call
    private int _active; // helpers at work
    private int _parts;
    private int _next;
    private ExceptionDispatchInfo? _failure;

    /// <param name="createRun">Makes the memory that a thread works in.</param>
    /// <param name="threads">The most threads at work, the caller among them.</param>
    public ThreadCrew(Func<SequenceRun> createRun, int threads)
    {
        _createRun = createRun;
        _threads = threads;
    }

    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var run in _runs)
                bytes += run.Bytes;
            return bytes;
        }
    }

    /// <summary>The memory of each thread that will work on so many parts.</summary>
    public ReadOnlySpan<SequenceRun> RunsFor(int parts)
    {
        int threads = Math.Min(_threads, parts);
        while (_runs.Count < threads)
        {
            _runs.Add(_createRun());
            if (_runs.Count > 1)
                _helpers.Add(new Helper(this, _runs[^1]));
        }
        return CollectionsMarshal.AsSpan(_runs)[..threads];
    }

    /// <summary>Does all parts and waits for them. The first exception of any thread is thrown, after all have stopped.</summary>
    public void Run(IParts work, int parts)
    {
        var runs = RunsFor(parts);
        (_parts, _next, _failure) = (parts, 0, null);
        lock (_lock)
            _work = work;
        try
        {
            for (int i = 1; i < runs.Length; i++)
                Call(_helpers[i - 1]);
            TakeParts(work, runs[0]);
        }
        finally
        {
            WaitForHelpers();
        }
        _failure?.Throw();
    }

    public void Dispose()
    {
        foreach (var run in _runs)
            run.Dispose();
    }

    private void Call(Helper helper)
    {
        lock (_lock)
        {
            if (helper.IsQueued)
                return; // by an earlier call that ended before the helper came: it comes to this one
            helper.IsQueued = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(helper, preferLocal: false);
    }

    private void TakeParts(IParts work, SequenceRun run)
    {
        try
        {
            for (int part; (part = Interlocked.Increment(ref _next) - 1) < _parts;)
                work.Score(part, run);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            Volatile.Write(ref _next, _parts); // the others stop after the part they are at
        }
    }

    private void WaitForHelpers()
    {
        lock (_lock)
            _work = null; // a helper that comes now finds nothing to do
        var spin = default(SpinWait);
        while (Volatile.Read(ref _active) > 0 && spin.Count < Spins)
            spin.SpinOnce(sleep1Threshold: -1);
        lock (_lock)
        {
            while (_active > 0)
                Monitor.Wait(_lock);
        }
    }

    private IParts? Join(Helper helper)
    {
        lock (_lock)
        {
            helper.IsQueued = false;
            if (_work is not null)
                _active++;
            return _work;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _active--;
            Monitor.Pulse(_lock);
        }
    }

    private sealed class Helper(ThreadCrew crew, SequenceRun run) : IThreadPoolWorkItem
    {
        public bool IsQueued { get; set; }

        public void Execute()
        {
            if (crew.Join(this) is not { } work)
                return;
            crew.TakeParts(work, run);
            crew.Leave();
        }
    }
}
