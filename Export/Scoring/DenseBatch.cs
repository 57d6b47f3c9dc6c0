namespace MlNetRnn;

/// <summary>Sequences of one length, and room for their results, in memory of the caller's that stays where it is during the call.</summary>
internal sealed unsafe class DenseBatch(SequenceModelManifest manifest, PartSizes sizes) : IParts
{
    private readonly int _size = manifest.Steps * manifest.Features;
    private float* _sequences; // [count, steps, features]
    private ResultRows _results;
    private int _count;
    private int _parts;

    /// <summary>Scores <paramref name="count"/> sequences, at least one.</summary>
    public void Score(ThreadCrew crew, int threads, int count, float* sequences, ResultRows results)
    {
        _parts = sizes.Count(count, manifest.Steps, threads);
        _sequences = sequences;
        (_results, _count) = (results, count);
        // Here rather than by who comes to need it: what is allocated does not depend on which thread takes which part.
        foreach (var run in crew.RunsFor(_parts))
        {
            run.Begin((count + _parts - 1) / _parts, manifest.Steps);
            run.Begin(count / _parts, manifest.Steps);
        }
        crew.Run(this, _parts);
    }

    void IParts.Score(int part, SequenceRun run)
    {
        int start = At(part), count = At(part + 1) - start;
        run.Begin(count, manifest.Steps);
        new ReadOnlySpan<float>(_sequences + ((long)start * _size), count * _size).CopyTo(run.Input);
        run.Run();
        _results.Take(run, start, count);
    }

    private int At(int part) => (int)((long)_count * part / _parts);
}
