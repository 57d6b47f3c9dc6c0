using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// A cell of your own, told by its weights and by what one step computes, in torch for training and in ONNX for scoring. Running over
/// the steps, both directions, sequences of their own lengths, initial weights, export and reading back are done here.
/// </summary>
/// <remarks>
/// Every step is a few calls into libtorch: such a cell trains slower than the built-in ones, which libtorch computes whole. What does
/// not depend on the state belongs into <see cref="ForwardInput"/>, which runs once over all steps.
/// </remarks>
public abstract class StepwiseCell : RecurrentCell
{
    /// <summary>
    /// How many values <c>[batch, hiddenSize]</c> go from step to step, all zero at the start; the first is the output. Default: 1.
    /// </summary>
    public virtual int States => 1;

    /// <summary>The weights of one direction.</summary>
    /// <param name="inputSize">Values per step that the layer reads.</param>
    /// <param name="hiddenSize">Values per step that it gives.</param>
    /// <returns>The weights, each with a name of its own.</returns>
    public abstract IReadOnlyList<CellWeight> Weights(int inputSize, int hiddenSize);

    /// <summary>Computes for all steps at once what does not depend on the state. Default: the input itself.</summary>
    /// <param name="weights">The weights by name.</param>
    /// <param name="input"><c>[steps, batch, inputSize]</c>.</param>
    /// <returns><c>[steps, batch, size]</c>, of any size.</returns>
    public virtual torch.Tensor ForwardInput(IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor input) => input;

    /// <summary>Writes <see cref="ForwardInput"/> into an ONNX graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="weights">The names of the weights in the graph.</param>
    /// <param name="input">The value <c>[steps, batch, inputSize]</c>.</param>
    /// <returns>The value <c>[steps, batch, size]</c>.</returns>
    public virtual string EmitInput(OnnxGraphBuilder graph, IReadOnlyDictionary<string, string> weights, string input) => input;

    /// <summary>Computes one step.</summary>
    /// <param name="weights">The weights by name.</param>
    /// <param name="projected">The step's part of what <see cref="ForwardInput"/> gave, <c>[batch, size]</c>.</param>
    /// <param name="states">The states before the step, each <c>[batch, hiddenSize]</c>.</param>
    /// <returns>The states after it, each <c>[batch, hiddenSize]</c>.</returns>
    public abstract torch.Tensor[] ForwardStep(
        IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor projected, torch.Tensor[] states);

    /// <summary>Writes <see cref="ForwardStep"/> into an ONNX graph.</summary>
    /// <param name="graph">The body of the loop over the steps.</param>
    /// <param name="weights">The names of the weights.</param>
    /// <param name="projected">The value <c>[batch, size]</c>.</param>
    /// <param name="states">The values before the step, each <c>[batch, hiddenSize]</c>.</param>
    /// <returns>The values after it, each <c>[batch, hiddenSize]</c>.</returns>
    public abstract string[] EmitStep(
        OnnxGraphBuilder graph, IReadOnlyDictionary<string, string> weights, string projected, string[] states);

    /// <inheritdoc/>
    public sealed override RecurrentLayer CreateLayer(int inputSize, int hiddenSize, bool bidirectional) =>
        new StepwiseLayer(this, inputSize, hiddenSize, bidirectional);

    /// <inheritdoc/>
    public sealed override void Initialize(RecurrentLayer layer, Random random) => ((StepwiseLayer)layer).Initialize(random);

    /// <inheritdoc/>
    public sealed override (string Output, string Final) EmitOnnx(
        OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string? lengths) =>
        StepwiseEmitter.Emit(this, graph, (StepwiseLayer)layer, prefix, input, lengths);

    /// <inheritdoc/>
    public sealed override int StreamingStates => States;

    /// <inheritdoc/>
    public sealed override string[] EmitStreaming(
        OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string[] states) =>
        StepwiseEmitter.EmitStreaming(this, graph, (StepwiseLayer)layer, prefix, input, states);
}
