namespace MlNetRnn;

/// <summary>The session of one transformer or predictor: opened at its first use, shared, opened again after it was let go.</summary>
internal sealed class SessionCache(SequenceModel model) : IDisposable
{
    private readonly Lock _lock = new();
    private OnnxSession? _session;

    public SequenceModel Model => model;

    /// <summary>The session with one user more, who must dispose it.</summary>
    public OnnxSession Acquire()
    {
        lock (_lock)
        {
            if (_session is not null && _session.TryAcquire())
                return _session;
            _session = new OnnxSession(model); // counts the cache as its first user
            _session.TryAcquire();
            return _session;
        }
    }

    /// <summary>Lets the session go; users that hold it keep it.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _session?.Dispose();
            _session = null;
        }
    }
}
