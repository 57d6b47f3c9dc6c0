using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>Runs a step graph over up to <paramref name="capacity"/> series with buffers of its own: for one caller at a time.</summary>
internal sealed class StepRunner(OnnxSession session, SequenceModelManifest manifest, int capacity) : IPooled
{
    private readonly RunOptions _options = new();
    private readonly SequenceModelOutput _output = manifest.Outputs[0];
    private readonly StreamingState[] _states = [.. manifest.StreamingStates];
    private readonly float[] _observations = Pinned(capacity * manifest.Features);          // [capacity, F]
    private readonly float[] _predictions = Pinned(capacity * manifest.Outputs[0].Length);  // [capacity, K]
    private readonly float[][] _before = States(manifest, capacity);                        // each [1, capacity, size]
    private readonly float[][] _after = States(manifest, capacity);
    private readonly BoundTensors?[] _bound = new BoundTensors?[capacity + 1]; // by the number of series, made at its first use

    public long Bytes { get; } = sizeof(float) * capacity * (manifest.Features + manifest.Outputs[0].Length + 2L * manifest.StreamingStates.Sum(s => s.Size));

    /// <summary>Where the observations of the first <paramref name="count"/> series go, <c>[count, features]</c>.</summary>
    public Span<float> Observations(int count) => _observations.AsSpan(0, count * manifest.Features);

    /// <summary>The predictions of the first <paramref name="count"/> series after <see cref="Run"/>, <c>[count, outputs]</c>.</summary>
    public ReadOnlySpan<float> Predictions(int count) => _predictions.AsSpan(0, count * _output.Length);

    /// <summary>Takes over the state of series <paramref name="index"/> before the step.</summary>
    public void Read(ReadOnlySpan<float> state, int index)
    {
        for (int s = 0, start = 0; s < _before.Length; s++)
        {
            int size = _states[s].Size;
            state.Slice(start, size).CopyTo(_before[s].AsSpan(index * size));
            start += size;
        }
    }

    /// <summary>Hands out the state of series <paramref name="index"/> after the step.</summary>
    public void Write(Span<float> state, int index)
    {
        for (int s = 0, start = 0; s < _after.Length; s++)
        {
            int size = _states[s].Size;
            _after[s].AsSpan(index * size, size).CopyTo(state[start..]);
            start += size;
        }
    }

    public void Run(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1); // ONNX Runtime ends the process on an empty batch
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, capacity);
        try
        {
            session.Run(_options, _bound[count] ??= Bind(count));
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidOperationException($"ONNX Runtime failed to run one step of {count} series: {e.Message.TrimEnd()} "
                + $"The model takes '{manifest.FeatureColumnName}', Single [batch, {manifest.Features} features], and "
                + $"{_states.Length} states; it gives '{_output.Name}', Single [batch, {string.Join(", ", _output.Dimensions)}].", e);
        }
    }

    public void Dispose()
    {
        foreach (var tensors in _bound)
            tensors?.Dispose();
        _options.Dispose();
    }

    private BoundTensors Bind(int count) => new(
        session.Session, session.ReadsInPlace,
        [
            new(manifest.FeatureColumnName, _observations, count, manifest.Features),
            .. _states.Select((s, i) => new PinnedTensor(s.Name, _before[i], 1, count, s.Size)),
        ],
        [
            new(_output.Name, _predictions, [count, .. _output.Dimensions.Select(d => (long)d)]),
            .. _states.Select((s, i) => new PinnedTensor(s.NextName, _after[i], 1, count, s.Size)),
        ]);

    private static float[][] States(SequenceModelManifest manifest, int capacity) =>
        [.. manifest.StreamingStates.Select(s => Pinned(capacity * s.Size))];

    // ONNX Runtime reads and writes them where they are.
    private static float[] Pinned(int length) => GC.AllocateArray<float>(length, pinned: true);
}
