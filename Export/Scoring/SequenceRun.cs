using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>
/// One caller's memory for running a model: sequences are written into it, run together, and their results read from it. It keeps its
/// buffers, and the tensors over them by shape.
/// </summary>
internal sealed class SequenceRun : IPooled
{
    public const int MostShapes = 512; // kept at a time; each takes about a kilobyte

    private const int BytesPerShape = 1024;

    private readonly OnnxSession _session;
    private readonly SequenceModelManifest _manifest;
    private readonly RunOptions _options = new();
    private readonly Dictionary<(int Rows, int Steps), BoundTensors> _shapes = [];
    private readonly float[][] _outputs; // each [rows, length], or per step [rows, steps, length]
    private float[] _input = []; // [rows, steps, features]
    private int _rowCapacity;
    private (int Rows, int Steps) _shape;
    private BoundTensors? _bound;
    private RunOptions? _shrinking; // of the runs of long sequences

    /// <param name="session">The session, which must outlive this.</param>
    /// <param name="manifest">Its model.</param>
    public SequenceRun(OnnxSession session, SequenceModelManifest manifest)
    {
        _session = session;
        _manifest = manifest;
        _outputs = [.. manifest.Outputs.Select(_ => Array.Empty<float>())];
    }

    /// <summary>All input values of the run, <c>[rows, steps, features]</c>.</summary>
    public Span<float> Input => _input.AsSpan(0, _shape.Rows * RowSize);

    public long Bytes
    {
        get
        {
            long values = _input.Length;
            foreach (float[] output in _outputs)
                values += output.Length;
            return (sizeof(float) * values) + (BytesPerShape * _shapes.Count);
        }
    }

    private int RowSize => _shape.Steps * _manifest.Features;

    /// <summary>Makes room for runs of up to so many sequences, and so many steps of all sequences together.</summary>
    public void Reserve(int rows, long steps)
    {
        long size = steps * _manifest.Features;
        if (size <= _input.Length && rows <= _rowCapacity)
            return;
        Unbind();
        if (size > _input.Length)
        {
            _input = Pinned(Grown(_input.Length, size));
            MakeOutputs(perStep: true, _input.Length / _manifest.Features);
        }
        if (rows > _rowCapacity)
        {
            _rowCapacity = Grown(_rowCapacity, rows);
            MakeOutputs(perStep: false, _rowCapacity);
        }
    }

    /// <summary>Begins a run of <paramref name="rows"/> sequences of <paramref name="steps"/> steps, each at least 1.</summary>
    public void Begin(int rows, int steps)
    {
        if (_bound is not null && _shape == (rows, steps))
            return;
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1); // ONNX Runtime ends the process on an empty batch
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        Reserve(rows, (long)rows * steps);
        if (!_shapes.TryGetValue((rows, steps), out _bound))
        {
            if (_shapes.Count == MostShapes)
                Unbind();
            _bound = Bind(rows, steps);
            _shapes.Add((rows, steps), _bound);
        }
        _shape = (rows, steps);
    }

    /// <summary>
    /// Where the <paramref name="length"/> values of sequence <paramref name="row"/> go. A sequence shorter than the run's steps is padded
    /// at its start.
    /// </summary>
    public Span<float> Row(int row, int length)
    {
        var slot = _input.AsSpan(row * RowSize, RowSize);
        slot[..^length].Fill(float.NaN);
        return slot[^length..];
    }

    /// <summary>Scores the sequences.</summary>
    public void Run()
    {
        try
        {
            _session.Run(Options(), _bound!);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidOperationException($"ONNX Runtime failed to run {_shape.Rows} sequences of {_shape.Steps} steps: "
                + $"{e.Message.TrimEnd()} {ModelSignature.Describe(_manifest)}", e);
        }
    }

    /// <summary>The results of one output, <c>[rows, length]</c>, or per step <c>[rows, steps, length]</c>.</summary>
    public ReadOnlySpan<float> Output(int output) => _outputs[output].AsSpan(0, _shape.Rows * _manifest.Outputs[output].Size(_shape.Steps));

    /// <summary>
    /// The result of one sequence for one output, <c>[length]</c>; per step <c>[steps, length]</c>, without the padding before a sequence
    /// of fewer steps than the run's.
    /// </summary>
    public ReadOnlySpan<float> Output(int output, int row, int steps)
    {
        var described = _manifest.Outputs[output];
        int size = described.Size(_shape.Steps), own = described.Size(steps);
        return _outputs[output].AsSpan((row * size) + size - own, own);
    }

    public void Dispose()
    {
        Unbind();
        _options.Dispose();
        _shrinking?.Dispose();
    }

    private RunOptions Options() =>
        _shape.Steps > PartSizes.MostSteps && _session.CanShrink ? _shrinking ??= OnnxSession.ShrinkingRun() : _options;

    private BoundTensors Bind(int rows, int steps) => new(
        _session.Session, _session.ReadsInPlace,
        [new(_manifest.FeatureColumnName, _input, rows, steps, _manifest.Features)],
        [.. _manifest.Outputs.Select((o, i) => new PinnedTensor(o.Name, _outputs[i], [rows, .. o.DimensionsOf(steps).Select(d => (long)d)]))]);

    private void MakeOutputs(bool perStep, int capacity)
    {
        for (int i = 0; i < _outputs.Length; i++)
        {
            if (_manifest.Outputs[i].IsPerStep == perStep)
                _outputs[i] = Pinned(checked(capacity * _manifest.Outputs[i].Length));
        }
    }

    private void Unbind()
    {
        _bound = null;
        foreach (var tensors in _shapes.Values)
            tensors.Dispose();
        _shapes.Clear();
    }

    private static int Grown(int length, long needed) => checked((int)Math.Max(needed, Math.Min(Array.MaxLength, 2L * length)));

    // ONNX Runtime reads and writes them where they are.
    private static float[] Pinned(int length) => GC.AllocateUninitializedArray<float>(length, pinned: true);
}
