using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>Runs a session over a range of shared buffers. The tensors over them are kept until the range or the buffers change.</summary>
internal sealed class SequenceRun(OnnxSession session, SequenceModelManifest manifest, float[][] outputs) : IDisposable
{
    private readonly RunOptions _options = new();
    private readonly string[] _inputNames = [manifest.FeatureColumnName];
    private readonly string[] _outputNames = [.. manifest.Outputs.Select(o => o.Name)];
    private readonly OrtValue[] _inputValues = new OrtValue[1];
    private readonly OrtValue[] _outputValues = new OrtValue[outputs.Length];
    private (float[]? Input, int Steps, int First, int Start, int Count) _bound;

    /// <summary>
    /// Scores <paramref name="count"/> sequences from sequence <paramref name="start"/> on; <paramref name="input"/>
    /// <c>[batch, steps, features]</c> begins with sequence <paramref name="first"/>.
    /// </summary>
    public void Run(float[] input, int steps, int first, int start, int count)
    {
        Bind(input, steps, first, start, count);
        session.Session.Run(_options, _inputNames, _inputValues, _outputNames, _outputValues);
    }

    public void Dispose()
    {
        Unbind();
        _options.Dispose();
    }

    private void Bind(float[] input, int steps, int first, int start, int count)
    {
        if (_bound == (input, steps, first, start, count))
            return;
        Unbind();
        _inputValues[0] = Tensor(input, start - first, count, steps, manifest.Features);
        for (int i = 0; i < outputs.Length; i++)
            _outputValues[i] = Tensor(outputs[i], start, count, manifest.Outputs[i].Dimensions);
        _bound = (input, steps, first, start, count);
    }

    private void Unbind()
    {
        if (_bound.Count == 0)
            return;
        _bound = default;
        _inputValues[0].Dispose();
        foreach (var value in _outputValues)
            value.Dispose();
    }

    private static OrtValue Tensor(float[] buffer, int start, int count, params ReadOnlySpan<int> sizes)
    {
        long[] shape = [count, .. sizes.ToArray().Select(s => (long)s)];
        int size = 1;
        foreach (int s in sizes)
            size *= s;
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, buffer.AsMemory(start * size, count * size), shape);
    }
}
