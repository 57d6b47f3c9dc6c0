using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>
/// Input and outputs of a model for one number of sequences and steps, over buffers that stay where they are (pinned). Made once for each
/// shape, so that a run allocates nothing.
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
    /// <param name="manifest">The model.</param>
    /// <param name="input">Pinned, <c>[rows, steps, features]</c> at its start.</param>
    /// <param name="outputs">Pinned, each <c>[rows, length]</c> at its start.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="steps">The steps of each.</param>
    public BoundTensors(
        InferenceSession session, bool readsInPlace, SequenceModelManifest manifest, float[] input, float[][] outputs, int rows, int steps)
    {
        _inputNames = [manifest.FeatureColumnName];
        _outputNames = [.. manifest.Outputs.Select(o => o.Name)];
        _inputs = [Tensor(input, rows, [steps, manifest.Features])];
        _outputs = [.. manifest.Outputs.Select((o, i) => Tensor(outputs[i], rows, o.Dimensions))];
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

    private static OrtValue Tensor(float[] buffer, int rows, int[] sizes)
    {
        long[] shape = [rows, .. sizes.Select(s => (long)s)];
        int length = checked((int)shape.Aggregate((a, b) => a * b));
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, buffer.AsMemory(0, length), shape);
    }
}
