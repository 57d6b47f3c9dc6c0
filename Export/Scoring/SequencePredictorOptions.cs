using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>How a predictor runs its model: threads, and the device that computes. The defaults suit a server's CPU.</summary>
public sealed record SequencePredictorOptions
{
    private const int MostThreads = 1024;

    internal static SequencePredictorOptions Default { get; } = new();

    /// <summary>
    /// Threads that ONNX Runtime uses inside one run. 1 by default: callers bring threads of their own, and batches are split by
    /// <see cref="Threads"/>, which also serves the cells that ONNX Runtime computes on one thread.
    /// </summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>
    /// Threads that work on one call of <c>PredictBatch</c> or <c>PredictRagged</c>, the caller's own among them; the others are borrowed
    /// from the thread pool. Null by default: as many as there are processors, or 1 with another device than the CPU.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>
    /// ONNX Runtime's execution provider, which is the device: <c>CPU</c> (or null, the default), <c>CUDA</c>, <c>TensorRT</c>,
    /// <c>DirectML</c>, <c>CoreML</c>, <c>OpenVINO</c>, <c>QNN</c>, <c>XNNPACK</c>, or the name of any other that the referenced package of
    /// ONNX Runtime has.
    /// </summary>
    public string? ExecutionProvider { get; init; }

    /// <summary>Options of the execution provider by ONNX Runtime's names, such as <c>device_id</c>; none by default.</summary>
    public IReadOnlyDictionary<string, string> ExecutionProviderOptions { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// Sets anything else of the ONNX Runtime session, after the options above and before the session is made; null by default. Called for
    /// each session: that of each model, and that of the form in which large batches of RNN and GRU are scored, when the first of them comes.
    /// </summary>
    public Action<SessionOptions>? ConfigureSession { get; init; }

    internal int ThreadsPerBatch => Threads ?? (ExecutionProviders.IsCpu(ExecutionProvider) ? Math.Min(MostThreads, Environment.ProcessorCount) : 1);

    /// <exception cref="ArgumentException">Some are wrong; the message names all of them.</exception>
    internal void Validate()
    {
        var problems = new Problems();
        problems.AddIf(IntraOpThreads < 1, $"{nameof(IntraOpThreads)} is {IntraOpThreads}; it must be at least 1.");
        problems.AddIf(Threads is < 1 or > MostThreads,
            $"{nameof(Threads)} is {Threads}; it must be from 1 to {MostThreads}, or null for the number of processors.");
        problems.AddIf(ExecutionProviderOptions is null, $"{nameof(ExecutionProviderOptions)} is null; leave it empty.");
        ExecutionProviders.Check(ExecutionProvider, ExecutionProviderOptions?.Count ?? 0, problems);
        problems.ThrowIfAny("The predictor's options are wrong");
    }
}
