namespace MlNetRnn;

/// <summary>The loaded model of one transformer: loaded at its first use, shared, loaded again after it was let go.</summary>
internal sealed class SessionCache(SequenceModel model) : IDisposable
{
    private readonly Lock _lock = new();
    private LoadedModel? _loaded;

    public SequenceModel Model => model;

    /// <summary>The loaded model with one user more, who must release it.</summary>
    public LoadedModel Acquire()
    {
        lock (_lock)
        {
            _loaded ??= new LoadedModel(model, SequencePredictorOptions.Default);
            _loaded.TryAcquire(); // the cache itself is a user
            return _loaded;
        }
    }

    /// <summary>Lets the model go; users that hold it keep it.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _loaded?.Dispose();
            _loaded = null;
        }
    }
}
