using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>
/// An ONNX Runtime session that its users share. It is freed when the last of them lets go: ML.NET disposes a transformer
/// with each PredictionEngine made from it, and the other engines and cursors must go on.
/// </summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Lock? _oneRunAtATime;
    private readonly InferenceSession _session;
    private readonly List<IDisposable> _owned = [];
    private int _users = 1;

    /// <param name="onnx">The ONNX file.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="source">What the bytes are, which begins the sentences of exceptions.</param>
    /// <exception cref="FormatException">ONNX Runtime refuses the graph.</exception>
    public OnnxSession(byte[] onnx, SequencePredictorOptions options, string source)
    {
        _session = Open(onnx, options, source, out bool cpuArena);
        CanShrink = cpuArena && ExecutionProviders.IsCpu(options.ExecutionProvider);
        _oneRunAtATime = ExecutionProviders.OneRunAtATime(options.ExecutionProvider) ? new() : null;
        using var inputs = _session.GetMemoryInfosForInputs();
        ReadsInPlace = inputs.All(memory => memory.GetDeviceType() == OrtMemoryInfoDeviceType.CPU);
    }

    public InferenceSession Session => _session;

    /// <summary>Whether inputs are read where they are at each run. Else an I/O binding copies them once, to the device, and never again.</summary>
    public bool ReadsInPlace { get; }

    /// <summary>Whether the memory that a run took can be given back after it (<see cref="ShrinkingRun"/>).</summary>
    public bool CanShrink { get; }

    /// <summary>Opens a session as the options say.</summary>
    /// <param name="onnx">The ONNX file.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="source">What the bytes are, which begins the sentences of exceptions.</param>
    /// <exception cref="InvalidOperationException">The execution provider cannot be used on this machine.</exception>
    /// <exception cref="FormatException">ONNX Runtime refuses the graph.</exception>
    public static InferenceSession Open(byte[] onnx, SequencePredictorOptions options, string source) => Open(onnx, options, source, out _);

    private static InferenceSession Open(byte[] onnx, SequencePredictorOptions options, string source, out bool cpuArena)
    {
        using var session = new SessionOptions
        {
            IntraOpNumThreads = options.IntraOpThreads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        AppendProvider(session, options);
        options.ConfigureSession?.Invoke(session);
        cpuArena = session.EnableCpuMemArena;
        try
        {
            return new InferenceSession(onnx, session);
        }
        catch (OnnxRuntimeException e)
        {
            // No inner exception: ML.NET wraps what scoring throws, and the base exception must be the clear one.
            throw new FormatException($"{source} holds a graph that ONNX Runtime {OrtEnv.Instance().GetVersionString()} cannot run: "
                + $"{e.Message.TrimEnd()} Export the model anew, or use the version of ONNX Runtime that it was made for.");
        }
    }

    /// <summary>
    /// Options of a run after which the session gives back what its arena holds free. The arena would keep the most that was ever needed at
    /// a time, which after one sequence of a million steps is hundreds of megabytes.
    /// </summary>
    public static RunOptions ShrinkingRun()
    {
        var options = new RunOptions();
        options.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
        return options;
    }

    /// <summary>Runs the session; several threads may.</summary>
    public void Run(RunOptions options, BoundTensors tensors)
    {
        if (_oneRunAtATime is null)
        {
            tensors.Run(_session, options);
            return;
        }
        lock (_oneRunAtATime)
            tensors.Run(_session, options);
    }

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

    /// <summary>Hands over what is freed with the session; one of its users may do so.</summary>
    public void Own(IDisposable other)
    {
        lock (_lock)
            _owned.Add(other);
    }

    /// <summary>Lets one user go; the last one frees the session.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (--_users > 0)
                return;
            _session.Dispose();
            _owned.ForEach(other => other.Dispose());
        }
    }

    private static void AppendProvider(SessionOptions session, SequencePredictorOptions options)
    {
        try
        {
            ExecutionProviders.Append(session, options.ExecutionProvider, options.ExecutionProviderOptions);
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException or NotSupportedException)
        {
            throw new InvalidOperationException(
                $"ONNX Runtime {OrtEnv.Instance().GetVersionString()} cannot use its execution provider '{options.ExecutionProvider}' here: "
                    + $"{e.Message.TrimEnd()} Check the device's driver and libraries, and the {nameof(options.ExecutionProviderOptions)}.", e);
        }
    }
}
