namespace MlNetRnn;

/// <summary>
/// A model with its ONNX Runtime session and the memory that calls leave to the next ones. All is freed when its owner has disposed it and
/// the last of its users has let it go.
/// </summary>
internal sealed class LoadedModel : IDisposable
{
    private const long MostIdleBytes = 32 << 20; // kept for later calls, of runs and of batches each

    private readonly OnnxSession _session;
    private readonly SequencePredictorOptions _options;
    private readonly Pool<BatchScorer> _batches;
    private readonly Lazy<WideForm?> _wide;

    /// <param name="model">The model.</param>
    /// <param name="options">Valid options.</param>
    /// <exception cref="FormatException">ONNX Runtime refuses the graph, or it is not what the manifest says.</exception>
    public LoadedModel(SequenceModel model, SequencePredictorOptions options)
    {
        (Model, _options) = (model, options);
        _session = new OnnxSession(model.OnnxBytes, options, model.Source);
        CheckGraph();
        SequenceRun CreateRun() => new(_session, model.Manifest);
        Runs = new(CreateRun, MostIdleBytes);
        _batches = new(() => new BatchScorer(model.Manifest, PartSizes.OfOperators, CreateRun, options.ThreadsPerBatch), MostIdleBytes);
        _wide = new(OpenWide);
    }

    public SequenceModel Model { get; }

    public Pool<SequenceRun> Runs { get; }

    /// <summary>What scores a batch of so many sequences fastest: decided by their number alone, so that results repeat.</summary>
    public Pool<BatchScorer> BatchesFor(int count)
    {
        bool wide = count >= WideForm.FewestOfAll && _wide.Value is { } form && count >= (long)form.Sizes.Fewest * _options.ThreadsPerBatch;
        return wide ? _wide.Value!.Batches : _batches;
    }

    /// <summary>The most sequences that are worth collecting before they are scored.</summary>
    public int LargestBatch(int steps) => 2 * PartSizes.OfScannedGru.Largest(Math.Max(1, steps)) * _options.ThreadsPerBatch;

    /// <summary>Counts one more user, who must <see cref="Release"/> it; false if it is already freed.</summary>
    public bool TryAcquire() => _session.TryAcquire();

    public void Release() => _session.Dispose();

    /// <summary>Runs one sequence of zeros, so that a graph that loads but does not run is found out.</summary>
    /// <exception cref="FormatException">It does not run.</exception>
    public void Probe()
    {
        using var run = new SequenceRun(_session, Model.Manifest);
        run.Begin(1, Math.Max(1, Model.Manifest.Steps));
        run.Input.Clear();
        try
        {
            run.Run();
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"{Model.Source} cannot be scored. {e.Message}");
        }
    }

    private WideForm? OpenWide()
    {
        var wide = WideForm.Of(Model, _options, MostIdleBytes);
        if (wide is not null)
            _session.Own(wide); // freed with it, after the last user
        return wide;
    }

    private void CheckGraph()
    {
        try
        {
            ModelSignature.Check(_session.Session, Model.Manifest, Model.Source);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>Ends the owner's use.</summary>
    public void Dispose()
    {
        _batches.Dispose();
        Runs.Dispose();
        _session.Dispose();
    }
}
