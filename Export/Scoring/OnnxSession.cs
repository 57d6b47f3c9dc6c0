using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>
/// An ONNX Runtime session that its users share. It is freed when the last of them lets go: ML.NET disposes a transformer
/// with each PredictionEngine made from it, and the other engines and cursors must go on.
/// </summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly Lock _lock = new();
    private readonly InferenceSession _session;
    private int _users = 1;

    public OnnxSession(SequenceModel model)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1, // callers bring their threads, and batches are split by SequenceRunner
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = new InferenceSession(model.OnnxBytes, options);
    }

    public InferenceSession Session => _session;

    /// <summary>Counts one more user; false if the session is already freed.</summary>
    public bool TryAcquire()
    {
        lock (_lock)
        {
            if (_users == 0)
                return false;
            _users++;
            return true;
        }
    }

    /// <summary>Lets one user go; the last one frees the session.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (--_users == 0)
                _session.Dispose();
        }
    }
}
