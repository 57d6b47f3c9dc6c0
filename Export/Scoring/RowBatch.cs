namespace MlNetRnn;

/// <summary>Collects the sequences of rows that are read one by one, scores them together, and gives the results row by row.</summary>
internal sealed class RowBatch : IDisposable
{
    private const int MostValues = 1 << 20; // of rows waiting to be scored together

    private readonly LoadedModel _loaded;
    private readonly SequenceModelManifest _manifest;
    private readonly int _rowSize; // of the results
    private readonly int[] _ends; // of each row's sequence, in _values
    private float[] _values = [];
    private float[] _results = []; // [rows, values of all outputs]
    private bool _disposed;

    public RowBatch(SessionCache sessions)
    {
        _loaded = sessions.Acquire();
        _manifest = sessions.Model.Manifest;
        _rowSize = ResultRows.Size(_manifest.Outputs.AsSpan());
        _ends = new int[Math.Clamp(_loaded.LargestBatch(_manifest.Steps), 1, 1024)];
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
        if (_results.Length < Count * _rowSize)
            _results = new float[Capacity * _rowSize];
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

    /// <summary>The result of a row for one output, <c>[length]</c>.</summary>
    public ReadOnlySpan<float> Output(int output, int row)
    {
        int offset = ResultRows.Size(_manifest.Outputs.AsSpan()[..output]);
        return _results.AsSpan((row * _rowSize) + offset, _manifest.Outputs[output].Length);
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
        for (int i = 0, start = 0; i < Count; start = _ends[i++])
            scorer.Ragged.Add(_values.AsMemory(start, _ends[i] - start));
        scorer.ScoreRagged(_manifest.Outputs.AsSpan(), _results);
    }
}
