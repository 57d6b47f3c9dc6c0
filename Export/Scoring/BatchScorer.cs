namespace MlNetRnn;

/// <summary>Scores many sequences at once, on several threads. For one call at a time; what it has allocated serves the next one.</summary>
internal sealed unsafe class BatchScorer : IPooled
{
    private readonly int _threads;
    private readonly ThreadCrew _crew;
    private readonly DenseBatch _dense;

    public BatchScorer(SequenceModelManifest manifest, PartSizes sizes, Func<SequenceRun> createRun, int threads)
    {
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
            _dense.Score(_crew, _threads, count, from, new ResultRows(to, outputs));
    }

    /// <summary>Scores the ragged sequences added, at least one, and forgets them.</summary>
    public void ScoreRagged(ReadOnlySpan<SequenceModelOutput> outputs, Span<float> results)
    {
        fixed (float* to = results)
            Ragged.Score(_crew, _threads, new ResultRows(to, outputs));
    }

    public void Dispose() => _crew.Dispose();
}
