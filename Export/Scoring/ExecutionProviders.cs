using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>ONNX Runtime's execution providers by the names people call them.</summary>
internal static class ExecutionProviders
{
    private static readonly Known[] s_known =
    [
        new("CPU", "CPUExecutionProvider", "Microsoft.ML.OnnxRuntime", (_, _) => { }),
        new("CUDA", "CUDAExecutionProvider", "Microsoft.ML.OnnxRuntime.Gpu", AppendCuda),
        new("TensorRT", "TensorrtExecutionProvider", "Microsoft.ML.OnnxRuntime.Gpu", AppendTensorRt),
        new("DirectML", "DmlExecutionProvider", "Microsoft.ML.OnnxRuntime.DirectML", AppendDirectML) { OneRunAtATime = true },
        new("CoreML", "CoreMLExecutionProvider", "Microsoft.ML.OnnxRuntime on macOS", ByName("CoreML")),
        new("OpenVINO", "OpenVINOExecutionProvider", "Intel.ML.OnnxRuntime.OpenVino", ByName("OpenVINO")),
        new("QNN", "QNNExecutionProvider", "Microsoft.ML.OnnxRuntime.QNN", ByName("QNN")),
        new("XNNPACK", "XnnpackExecutionProvider", "Microsoft.ML.OnnxRuntime on Android or iOS", ByName("XNNPACK")),
    ];

    public static bool IsCpu(string? name) => name is null || Find(name) == s_known[0];

    /// <summary>Whether a session must not be run by two threads at once.</summary>
    public static bool OneRunAtATime(string? name) => name is not null && Find(name) is { OneRunAtATime: true };

    /// <summary>Collects what keeps a provider from being used.</summary>
    public static void Check(string? name, int options, Problems problems)
    {
        if (IsCpu(name))
        {
            problems.AddIf(options > 0, $"{nameof(SequencePredictorOptions.ExecutionProviderOptions)} has {options} entries, but the CPU takes "
                + $"none. Name the {nameof(SequencePredictorOptions.ExecutionProvider)} that they are for.");
            return;
        }
        string[] available = OrtEnv.Instance().GetAvailableProviders();
        var known = Find(name!);
        if (available.Contains(known?.RuntimeName ?? name))
            return;
        string remedy = known is null
            ? $"Known names are {string.Join(", ", s_known.Select(k => k.Name))}."
            : $"Add the package {known.Package} in place of Microsoft.ML.OnnxRuntime, or leave the option out for the CPU.";
        problems.Add($"{nameof(SequencePredictorOptions.ExecutionProvider)} is '{name}', which the loaded ONNX Runtime "
            + $"{OrtEnv.Instance().GetVersionString()} does not have; it has {string.Join(", ", available)}. {remedy}");
    }

    /// <summary>Adds a provider to a session's options.</summary>
    public static void Append(SessionOptions session, string? name, IReadOnlyDictionary<string, string> options)
    {
        if (IsCpu(name))
            return;
        var append = Find(name!)?.Append ?? ByName(name!);
        append(session, new Dictionary<string, string>(options));
    }

    private static Known? Find(string name) => Array.Find(s_known, k =>
        name.Equals(k.Name, StringComparison.OrdinalIgnoreCase) || name.Equals(k.RuntimeName, StringComparison.OrdinalIgnoreCase));

    private static Action<SessionOptions, Dictionary<string, string>> ByName(string name) =>
        (session, options) => session.AppendExecutionProvider(name, options);

    private static void AppendCuda(SessionOptions session, Dictionary<string, string> options)
    {
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(options);
        session.AppendExecutionProvider_CUDA(cuda);
    }

    private static void AppendTensorRt(SessionOptions session, Dictionary<string, string> options)
    {
        using var tensorRt = new OrtTensorRTProviderOptions();
        tensorRt.UpdateOptions(options);
        session.AppendExecutionProvider_Tensorrt(tensorRt);
    }

    private static void AppendDirectML(SessionOptions session, Dictionary<string, string> options)
    {
        session.EnableMemoryPattern = false; // DirectML refuses sessions that have it
        session.AppendExecutionProvider("DML", options);
    }

    private sealed record Known(
        string Name, string RuntimeName, string Package, Action<SessionOptions, Dictionary<string, string>> Append)
    {
        public bool OneRunAtATime { get; init; }
    }
}
