namespace MlNetRnn;

/// <summary>
/// Sequences of lengths of their own. Sorted by length they are cut into runs of like lengths, so that little is padded; each result goes
/// where its sequence stood.
/// </summary>
internal sealed class RaggedBatch(SequenceModelManifest manifest, PartSizes sizes) : IParts
{
    private const int FreePadding = 2; // × the longest of a run: padded steps cost half of what steps of one more run do

    private ReadOnlyMemory<float>[] _sequences = [];
    private int[] _order = []; // sequences, longest first
    private int[] _keys = [];
    private int[] _ends = []; // of each part, in _order
    private ResultRows _results;
    private int _parts;

    /// <summary>Sequences added.</summary>
    public int Count { get; private set; }

    public long Bytes => _sequences.Length * (16L + (3 * sizeof(int)));

    public void Add(ReadOnlyMemory<float> sequence)
    {
        if (Count == _sequences.Length)
            Grow();
        _sequences[Count++] = sequence;
    }

    /// <summary>Scores the sequences added, at least one, and forgets them.</summary>
    public void Score(ThreadCrew crew, int threads, ResultRows results)
    {
        _results = results;
        Plan(threads);
        foreach (var run in crew.RunsFor(_parts)) // as in DenseBatch
            Prepare(run);
        crew.Run(this, _parts);
    }

    /// <summary>Forgets the sequences, whose memory is the caller's.</summary>
    public void Clear()
    {
        _sequences.AsSpan(0, Count).Clear();
        Count = 0;
    }

    /// <summary>The number of sequences and of steps of each run, once planned for a number of threads.</summary>
    public IEnumerable<(int Count, int Steps)> Runs(int threads)
    {
        Plan(threads);
        return Enumerable.Range(0, _parts).Select(part => (_ends[part] - Start(part), StepsOf(Start(part))));
    }

    void IParts.Score(int part, SequenceRun run)
    {
        int start = Start(part), count = _ends[part] - start;
        run.Begin(count, StepsOf(start));
        for (int i = 0; i < count; i++)
        {
            var sequence = _sequences[_order[start + i]].Span;
            sequence.CopyTo(run.Row(i, sequence.Length));
        }
        run.Run();
        for (int i = 0; i < count; i++)
            _results.TakeOne(run, i, _order[start + i], SequenceShape.OutputSteps(manifest, _sequences[_order[start + i]].Length));
    }

    private void Prepare(SequenceRun run)
    {
        (int rows, long steps) = (0, 0);
        for (int part = 0; part < _parts; part++)
        {
            int count = _ends[part] - Start(part);
            (rows, steps) = (Math.Max(rows, count), Math.Max(steps, (long)count * StepsOf(Start(part))));
        }
        run.Reserve(rows, steps);
        for (int part = 0; part < Math.Min(_parts, SequenceRun.MostShapes); part++)
            run.Begin(_ends[part] - Start(part), StepsOf(Start(part)));
    }

    private void Plan(int threads)
    {
        for (int i = 0; i < Count; i++)
            (_keys[i], _order[i]) = (-_sequences[i].Length, i);
        _keys.AsSpan(0, Count).Sort(_order.AsSpan(0, Count));
        _parts = 0;
        for (int start = 0; start < Count; start = _ends[_parts++])
            _ends[_parts] = EndOfRun(start, threads);
    }

    // A run ends where its padding would cost more than a run of its own for the shorter ones.
    private int EndOfRun(int start, int threads)
    {
        int steps = StepsOf(start), end = start + 1;
        int most = (int)Math.Min(Count, (long)start + sizes.Largest(Count, steps, threads));
        for (long padding = 0; end < most; end++)
        {
            padding += steps - StepsOf(end);
            if (padding > FreePadding * steps)
                break;
        }
        return end;
    }

    private int StepsOf(int position) => SequenceShape.Steps(manifest, _sequences[_order[position]].Length);

    private int Start(int part) => part == 0 ? 0 : _ends[part - 1];

    private void Grow()
    {
        int capacity = (int)Math.Min(Array.MaxLength, Math.Max(64, 2L * Count));
        Array.Resize(ref _sequences, capacity);
        Array.Resize(ref _order, capacity);
        Array.Resize(ref _keys, capacity);
        Array.Resize(ref _ends, capacity);
    }
}
