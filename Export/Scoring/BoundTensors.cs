using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>
/// Inputs and outputs of a graph for one shape, over buffers that stay where they are. Made once for each shape, so that a run allocates
/// nothing.
/// </summary>
internal sealed class BoundTensors : IDisposable
{
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs;
    private readonly OrtIoBinding? _binding;

    /// <param name="session">The session that will run.</param>
    /// <param name="readsInPlace">Whether it reads inputs where they are at each run, so that they may be bound once.</param>
    /// <param name="inputs">All inputs of the graph.</param>
    /// <param name="outputs">The outputs that are computed.</param>
    public BoundTensors(InferenceSession session, bool readsInPlace, PinnedTensor[] inputs, PinnedTensor[] outputs)
    {
        (_inputNames, _outputNames) = ([.. inputs.Select(t => t.Name)], [.. outputs.Select(t => t.Name)]);
        (_inputs, _outputs) = ([.. inputs.Select(Tensor)], [.. outputs.Select(Tensor)]);
        if (readsInPlace)
            _binding = Bind(session);
    }

    public void Run(InferenceSession session, RunOptions options)
    {
        if (_binding is not null)
            session.RunWithBinding(options, _binding);
        else
            session.Run(options, _inputNames, _inputs, _outputNames, _outputs);
    }

    public void Dispose()
    {
        _binding?.Dispose();
        foreach (var value in _inputs.Concat(_outputs))
            value.Dispose();
    }

    private OrtIoBinding Bind(InferenceSession session)
    {
        var binding = session.CreateIoBinding();
        foreach (var (name, value) in _inputNames.Zip(_inputs))
            binding.BindInput(name, value);
        foreach (var (name, value) in _outputNames.Zip(_outputs))
            binding.BindOutput(name, value);
        return binding;
    }

    private static OrtValue Tensor(PinnedTensor tensor)
    {
        int length = checked((int)tensor.Shape.Aggregate((a, b) => a * b));
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, tensor.Buffer.AsMemory(0, length), tensor.Shape);
    }
}

/// <summary>A value of a graph over memory that stays where it is (pinned), at the start of which it lies.</summary>
internal readonly record struct PinnedTensor(string Name, float[] Buffer, params long[] Shape);
