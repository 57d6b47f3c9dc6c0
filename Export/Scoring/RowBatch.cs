namespace MlNetRnn;

/// <summary>Collects the sequences of rows that are read one by one, scores them together, and gives the results row by row.</summary>
internal sealed class RowBatch : IDisposable
{
    private const int MostValues = 1 << 20; // of rows waiting to be scored together

    private readonly LoadedModel _loaded;
    private readonly SequenceModelManifest _manifest;
    private readonly int _rowSize; // of the results, where all rows have the same
    private readonly int[]? _starts; // of each row's results and their end, where they have as many as the sequence has steps; else null
    private readonly int[] _ends; // of each row's sequence, in _values
    private float[] _values = [];
    private float[] _results = []; // a row for each, with the values of all outputs
    private bool _disposed;

    public RowBatch(SessionCache sessions)
    {
        _loaded = sessions.Acquire();
        _manifest = sessions.Model.Manifest;
        _rowSize = ResultRows.Size(_manifest.Outputs.AsSpan(), _manifest.Steps);
        _ends = new int[Math.Clamp(_loaded.LargestBatch(_manifest.Steps), 1, 1024)];
        if (_manifest.Steps == 0 && _manifest.Outputs.Any(o => o.IsPerStep))
            _starts = new int[_ends.Length + 1];
    }

    /// <summary>The most rows.</summary>
    public int Capacity => _ends.Length;

    public int Count { get; private set; }

    /// <summary>Whether the rows are to be scored before more are added.</summary>
    public bool IsFull => Count == Capacity || Used > MostValues;

    private int Used => Count == 0 ? 0 : _ends[Count - 1];

    public void Clear() => Count = 0;

    /// <summary>Where the <paramref name="length"/> values of one more row's sequence go, <c>[steps, features]</c>.</summary>
    public Span<float> Add(int length)
    {
        int start = Used, end = checked(start + length);
        if (end > _values.Length)
            Array.Resize(ref _values, (int)Math.Min(Array.MaxLength, Math.Max(end, 2L * _values.Length)));
        _ends[Count++] = end;
        return _values.AsSpan(start, length);
    }

    /// <summary>Scores the rows, of which there is at least one.</summary>
    public void Score()
    {
        MakeRoom();
        var pool = _loaded.BatchesFor(Count);
        var scorer = pool.Rent();
        try
        {
            if (!_manifest.VariableLength && _manifest.Steps > 0)
                scorer.Score(_values, Count, _manifest.Outputs.AsSpan(), _results);
            else
                ScoreRagged(scorer);
        }
        finally
        {
            scorer.Ragged.Clear();
            pool.Return(scorer);
        }
    }

    /// <summary>The result of a row for one output, <c>[length]</c>, or per step <c>[steps, length]</c>.</summary>
    public ReadOnlySpan<float> Output(int output, int row)
    {
        int steps = Steps(row), start = _starts?[row] ?? row * _rowSize;
        int offset = ResultRows.Size(_manifest.Outputs.AsSpan()[..output], steps);
        return _results.AsSpan(start + offset, _manifest.Outputs[output].Size(steps));
    }

    /// <summary>Lets the model go; further calls do nothing, since its users are counted.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _loaded.Release();
    }

    private void ScoreRagged(BatchScorer scorer)
    {
        for (int i = 0; i < Count; i++)
            scorer.Ragged.Add(_values.AsMemory(Start(i), _ends[i] - Start(i)));
        scorer.ScoreRagged(_manifest.Outputs.AsSpan(), _results, _starts);
    }

    // Rows of results stand close together: one sequence far longer than the others takes no more than its own room.
    private void MakeRoom()
    {
        if (_starts is null)
        {
            if (_results.Length < Count * _rowSize)
                _results = new float[Capacity * _rowSize];
            return;
        }
        for (int i = 0; i < Count; i++)
            _starts[i + 1] = checked(_starts[i] + ResultRows.Size(_manifest.Outputs.AsSpan(), Steps(i)));
        if (_results.Length < _starts[Count])
            _results = new float[(int)Math.Min(Array.MaxLength, Math.Max(_starts[Count], 2L * _results.Length))];
    }

    private int Steps(int row) => SequenceShape.OutputSteps(_manifest, _ends[row] - Start(row));

    private int Start(int row) => row == 0 ? 0 : _ends[row - 1];
}
