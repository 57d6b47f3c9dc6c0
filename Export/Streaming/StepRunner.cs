using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>Runs a step graph over up to <paramref name="capacity"/> series with buffers of its own: for one caller at a time.</summary>
internal sealed class StepRunner(SessionCache cache, int capacity) : IDisposable
{
    private readonly OnnxSession _session = cache.Acquire();
    private readonly RunOptions _options = new();
    private readonly SequenceModelOutput _output = cache.Model.Manifest.Outputs[0];
    private readonly StreamingState[] _states = [.. cache.Model.Manifest.StreamingStates];
    private readonly float[] _observations = Pinned(capacity * cache.Model.Manifest.Features);          // [capacity, F]
    private readonly float[] _predictions = Pinned(capacity * cache.Model.Manifest.Outputs[0].Length);  // [capacity, K]
    private readonly float[][] _before = States(cache, capacity);                                       // each [1, capacity, size]
    private readonly float[][] _after = States(cache, capacity);
    private readonly OrtIoBinding?[] _bindings = new OrtIoBinding?[capacity + 1]; // by the number of series, made at its first use

    /// <summary>Where the observations of the first <paramref name="count"/> series go, <c>[count, features]</c>.</summary>
    public Span<float> Observations(int count) => _observations.AsSpan(0, count * cache.Model.Manifest.Features);

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
        _session.Session.RunWithBinding(_options, _bindings[count] ??= Bind(count));
    }

    public void Dispose()
    {
        foreach (var binding in _bindings)
            binding?.Dispose();
        _options.Dispose();
        _session.Dispose(); // its users are counted
    }

    private OrtIoBinding Bind(int count)
    {
        var manifest = cache.Model.Manifest;
        var binding = _session.Session.CreateIoBinding();
        Bind(binding.BindInput, manifest.FeatureColumnName, _observations, count, manifest.Features);
        Bind(binding.BindOutput, _output.Name, _predictions, [count, .. _output.Dimensions.Select(d => (long)d)]);
        for (int s = 0; s < _before.Length; s++)
        {
            var state = _states[s];
            Bind(binding.BindInput, state.Name, _before[s], 1, count, state.Size);
            Bind(binding.BindOutput, state.NextName, _after[s], 1, count, state.Size);
        }
        return binding;
    }

    private static void Bind(Action<string, OrtValue> bind, string name, float[] buffer, params long[] shape)
    {
        long size = shape.Aggregate((a, b) => a * b);
        // The binding keeps the native value; the memory behind it is pinned for good.
        using var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, buffer.AsMemory(0, (int)size), shape);
        bind(name, value);
    }

    private static float[][] States(SessionCache cache, int capacity) =>
        [.. cache.Model.Manifest.StreamingStates.Select(s => Pinned(capacity * s.Size))];

    // ONNX Runtime reads and writes them where they are.
    private static float[] Pinned(int length) => GC.AllocateArray<float>(length, pinned: true);
}
