namespace MlNetRnn;

/// <summary>Scores many sequences at once, on several threads. For one call at a time; what it has allocated serves the next one.</summary>
internal sealed unsafe class BatchScorer : IPooled
{
    private readonly int _steps; // of the model; 0 for any number
    private readonly int _threads;
    private readonly ThreadCrew _crew;
    private readonly DenseBatch _dense;

    public BatchScorer(SequenceModelManifest manifest, PartSizes sizes, Func<SequenceRun> createRun, int threads)
    {
        _steps = manifest.Steps;
        _threads = threads;
        _crew = new ThreadCrew(createRun, threads);
        _dense = new DenseBatch(manifest, sizes);
        Ragged = new RaggedBatch(manifest, sizes);
    }

    /// <summary>Where sequences of lengths of their own are added, to be scored next.</summary>
    public RaggedBatch Ragged { get; }

    public long Bytes => _crew.Bytes + Ragged.Bytes;

    /// <summary>Scores <paramref name="count"/> sequences of the model's own length.</summary>
    /// <param name="sequences"><c>[count, steps, features]</c>.</param>
    /// <param name="count">At least 1.</param>
    /// <param name="outputs">The outputs that are handed out, from the model's first on.</param>
    /// <param name="results"><c>[count, values of these outputs]</c>.</param>
    public void Score(ReadOnlySpan<float> sequences, int count, ReadOnlySpan<SequenceModelOutput> outputs, Span<float> results)
    {
        fixed (float* from = sequences, to = results)
            _dense.Score(_crew, _threads, count, from, new ResultRows(to, outputs, _steps));
    }

    /// <summary>Scores the ragged sequences added, at least one, and forgets them.</summary>
    /// <param name="outputs">The outputs that are handed out, from the model's first on.</param>
    /// <param name="results">A row for each sequence, with the values of these outputs.</param>
    /// <param name="starts">Where each row begins; empty where all have the same size.</param>
    public void ScoreRagged(ReadOnlySpan<SequenceModelOutput> outputs, Span<float> results, ReadOnlySpan<int> starts = default)
    {
        fixed (float* to = results)
        fixed (int* each = starts)
            Ragged.Score(_crew, _threads, new ResultRows(to, outputs, _steps, each));
    }

    public void Dispose() => _crew.Dispose();
}
