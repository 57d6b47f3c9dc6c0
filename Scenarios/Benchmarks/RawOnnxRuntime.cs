using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Scoring as a user of OnnxRuntime would write it who cares for speed: one session, values over memory of their own, made once.</summary>
internal sealed class RawOnnxRuntime : IDisposable
{
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs;

    /// <param name="file">The model.</param>
    /// <param name="batch">Sequences per run.</param>
    /// <param name="steps">Steps of a sequence.</param>
    /// <param name="threads">Threads of the session.</param>
    public RawOnnxRuntime(string file, int batch, int steps, int threads)
    {
        _options = new SessionOptions { IntraOpNumThreads = threads };
        _session = new InferenceSession(file, _options);
        Windows = new float[batch * steps];
        _inputNames = [_session.InputNames[0]];
        _outputNames = [_session.OutputNames[0]];
        _inputs = [OrtValue.CreateTensorValueFromMemory(Windows, [batch, steps, 1])];
        _outputs = [OrtValue.CreateTensorValueFromMemory(new float[batch], [batch, 1])];
    }

    /// <summary>The memory that windows are written to, <c>[batch, steps, 1]</c>.</summary>
    public float[] Windows { get; }

    public void Run() => _session.Run(_run, _inputNames, _inputs, _outputNames, _outputs);

    public void Dispose()
    {
        _inputs[0].Dispose();
        _outputs[0].Dispose();
        _run.Dispose();
        _session.Dispose();
        _options.Dispose();
    }
}
