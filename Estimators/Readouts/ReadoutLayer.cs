using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>
/// How a network comes from the outputs of its last recurrent layer to one vector per sequence: its torch form, its ONNX form, that of one
/// step of a stream, and the reading back of its weights side by side. Padding never counts.
/// </summary>
internal abstract class ReadoutLayer : IDisposable
{
    // Held: those that TorchSharp makes for a call may be freed by the finalizer while libtorch reads them.
    protected static readonly Scalar Zero = 0f.ToScalar();
    protected static readonly Scalar Lowest = float.NegativeInfinity.ToScalar();

    /// <param name="options">Which one.</param>
    /// <param name="size">Values per step that it reads, and gives per sequence.</param>
    /// <param name="random">What initial weights are drawn from.</param>
    public static ReadoutLayer Create(RecurrentOptions options, int size, Random random) => options.Readout switch
    {
        SequenceReadout.Last => new LastState(),
        SequenceReadout.Mean => new MeanOverSteps(size),
        SequenceReadout.Max => new MaxOverSteps(size),
        SequenceReadout.Attention => new AdditiveAttention(size, options.AttentionSize ?? size, random),
        var other => throw new ArgumentOutOfRangeException(nameof(options), other, null),
    };

    /// <summary>What it reads of the last recurrent layer.</summary>
    public virtual LayerResults Reads => LayerResults.Output;

    /// <summary>Its trained values with their names.</summary>
    public virtual IEnumerable<(string Name, Parameter Value)> Parameters => [];

    /// <summary>The modules that hold them.</summary>
    public virtual IEnumerable<torch.nn.Module> Modules => [];

    /// <summary>Runs the readout.</summary>
    /// <param name="values">The outputs, <c>[steps, batch, size]</c>; what stands past a sequence's length may be anything.</param>
    /// <param name="lengths">Steps of each sequence, int64 <c>[batch]</c> on the CPU; null where each has all.</param>
    /// <returns><c>[batch, size]</c>.</returns>
    public abstract torch.Tensor Forward(torch.Tensor values, torch.Tensor? lengths);

    /// <summary>Writes the readout into an ONNX graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="values">The outputs, <c>[steps, batch, size]</c>; what stands past a sequence's length may be anything.</param>
    /// <param name="lengths">Steps of each sequence, int32 <c>[batch]</c>, at least 1; null where each has all.</param>
    /// <returns>
    /// The name of its output, <c>[batch, size]</c>; and how much each step counts, <c>[steps, batch, 1]</c>, which is 0 past a length,
    /// where that is learnt.
    /// </returns>
    public abstract (string Output, string? Weights) EmitOnnx(OnnxGraphBuilder graph, string values, string? lengths);

    /// <summary>Writes one step of the readout into an ONNX graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="step">The output of the step, <c>[1, batch, size]</c>.</param>
    /// <param name="states">Where it keeps what it knows of the steps before.</param>
    /// <returns>The readout of all steps so far, <c>[1, batch, size]</c>.</returns>
    public abstract string EmitStreaming(OnnxGraphBuilder graph, string step, StreamingStates states);

    /// <summary>Reads back the weights that <see cref="EmitOnnx"/> wrote.</summary>
    public void ReadOnnx(OnnxWeights weights)
    {
        foreach (var (name, value) in Parameters)
            TensorData.Write(value, weights.Read(name, value.shape));
    }

    public void Dispose()
    {
        foreach (var module in Modules)
            module.Dispose();
    }

    /// <summary>Whether a step lies past its sequence's length, Bool <c>[steps, batch, 1]</c>, beside the values.</summary>
    protected static torch.Tensor Padding(torch.Tensor values, torch.Tensor lengths) =>
        torch.arange(values.shape[0], dtype: torch.int64).view(-1, 1, 1).greater_equal(lengths.view(1, -1, 1)).to(values.device);

    /// <summary>The values with another one in place of what stands past a sequence's length.</summary>
    protected static string EmitMasked(OnnxGraphBuilder graph, string values, string within, float other) =>
        graph.Node("Where", [within, values, graph.Singles(other)]);

    /// <summary>The number of the step in its stream, from 1, <c>[1, batch, 1]</c>.</summary>
    protected static string EmitCount(OnnxGraphBuilder graph, StreamingStates states)
    {
        string count = graph.Node("Add", [states.Before("n", 1), graph.Singles(1)]);
        states.After("n", "nn", count);
        return count;
    }
}
