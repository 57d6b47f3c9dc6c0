namespace MlNetRnn;

/// <summary>
/// Runs a model over batches of sequences with buffers of its own: for one caller at a time. Large batches are split over threads:
/// ONNX Runtime itself does that for LSTM only. Sequences of their own lengths are padded to the longest of those that run together.
/// </summary>
internal sealed class SequenceRunner : IDisposable
{
    /// <summary>Sequences per batch that score fastest: larger ones leave the cache.</summary>
    public const int BestBatch = 128;

    private const int SmallestPart = 32; // a smaller part gains less from a thread than its start costs

    private readonly OnnxSession _session;
    private readonly SequenceModelManifest _manifest;
    private readonly RaggedBatch? _ragged; // where sequences have any number of steps
    private readonly float[][] _outputs;
    private readonly SequenceRun[] _parts;
    private float[] _input;
    private bool _disposed;

    /// <summary>A runner over batches of up to <paramref name="capacity"/> sequences.</summary>
    public SequenceRunner(SessionCache cache, int capacity)
    {
        _session = cache.Acquire();
        _manifest = cache.Model.Manifest;
        Capacity = capacity;
        SequenceSize = checked(_manifest.Steps * _manifest.Features);
        _ragged = SequenceSize == 0 ? new RaggedBatch(capacity, _manifest.Features) : null;
        _input = Pinned(checked(capacity * SequenceSize)); // [capacity, steps, features]
        _outputs = [.. _manifest.Outputs.Select(o => Pinned(checked(capacity * o.Length)))]; // each [capacity, length]
        int parts = Math.Clamp(capacity / SmallestPart, 1, Environment.ProcessorCount);
        _parts = [.. Enumerable.Range(0, parts).Select(_ => new SequenceRun(_session, _manifest, _outputs))];
    }

    public int Capacity { get; }

    /// <summary>Values per sequence, steps × features; 0 where sequences have any number of steps.</summary>
    public int SequenceSize { get; }

    /// <summary>
    /// Where the <paramref name="length"/> values of sequence <paramref name="index"/> go, <c>[steps, features]</c>: sequences are
    /// written in the order of their indices. One that is shorter than <see cref="SequenceSize"/> is padded at its start.
    /// </summary>
    public Span<float> Input(int index, int length)
    {
        if (_ragged is not null)
            return _ragged.Add(index, length);
        var slot = _input.AsSpan(index * SequenceSize, SequenceSize);
        slot[..^length].Fill(float.NaN);
        return slot[^length..];
    }

    /// <summary>The result of sequence <paramref name="index"/> for one output, <c>[length]</c>.</summary>
    public ReadOnlySpan<float> Output(int output, int index)
    {
        int length = _manifest.Outputs[output].Length;
        return _outputs[output].AsSpan(index * length, length);
    }

    /// <summary>Scores the first <paramref name="count"/> sequences of the input buffer.</summary>
    public void Run(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1); // ONNX Runtime ends the process on an empty batch
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity);
        if (_ragged is null)
            Run(0, count, _manifest.Steps);
        else
            RunRagged(_ragged, count);
    }

    /// <summary>Lets the session go; further calls do nothing, since its users are counted.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (var part in _parts)
            part.Dispose();
        _session.Dispose();
    }

    // ONNX Runtime reads and writes them where they are.
    private static float[] Pinned(int length) => GC.AllocateUninitializedArray<float>(length, pinned: true);

    private void RunRagged(RaggedBatch ragged, int count)
    {
        for (int first = 0, end; first < count; first = end)
        {
            end = ragged.EndOfRun(first, count, out int steps);
            Reserve(end - first, steps);
            ragged.CopyTo(_input, first, end, steps);
            Run(first, end, steps);
        }
    }

    // Scores the sequences from `first` up to `end`, with which the input buffer begins.
    private void Run(int first, int end, int steps)
    {
        int parts = Math.Clamp((end - first) / SmallestPart, 1, _parts.Length);
        if (parts == 1)
            _parts[0].Run(_input, steps, first, first, end - first);
        else
            RunParts(parts, first, end, steps);
    }

    private void RunParts(int parts, int first, int end, int steps) => Parallel.For(0, parts, part =>
    {
        int start = first + ((end - first) * part / parts), next = first + ((end - first) * (part + 1) / parts);
        _parts[part].Run(_input, steps, first, start, next - start);
    });

    // Room for [count, steps, features].
    private void Reserve(int count, int steps)
    {
        long size = (long)count * steps * _manifest.Features;
        if (size > Array.MaxLength)
            throw new InvalidOperationException($"A batch of {count} sequences, the longest of {steps} steps × {_manifest.Features} features, "
                + $"is {size} values, more than fit into one array ({Array.MaxLength}). Shorten the sequences.");
        if (_input.Length < size)
            _input = Pinned((int)Math.Min(Array.MaxLength, Math.Max(size, 2L * _input.Length)));
    }
}
