using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// A kind of recurrent cell: its layer for training and its ONNX form, side by side. Stacking, direction, dropout and scaling wrap
/// a cell and know nothing of which it is.
/// </summary>
public abstract class RecurrentCell
{
    /// <summary>Elman's network with tanh (Elman, 1990).</summary>
    public static RecurrentCell Rnn { get; } = new RnnCell("rnn", "Tanh");

    /// <summary>Elman's network with ReLU (Le, Jaitly and Hinton, 2015).</summary>
    public static RecurrentCell RnnRelu { get; } = new RnnCell("rnn-relu", "Relu");

    /// <summary>Long short-term memory with forget gate (Hochreiter and Schmidhuber, 1997; Gers, Schmidhuber and Cummins, 2000).</summary>
    public static RecurrentCell Lstm { get; } = new LstmCell();

    /// <summary>Gated recurrent unit (Cho et al., 2014), with the reset gate applied after the recurrent product, as in PyTorch and cuDNN.</summary>
    public static RecurrentCell Gru { get; } = new GruCell();

    internal static IReadOnlyList<RecurrentCell> BuiltIn { get; } = [Rnn, RnnRelu, Lstm, Gru];

    /// <summary>The cell's name, kept in the model file.</summary>
    public abstract string Name { get; }

    /// <summary>Makes a layer of this cell for training.</summary>
    /// <param name="inputSize">Values per step that it reads.</param>
    /// <param name="hiddenSize">Values per step that it gives, per direction.</param>
    /// <param name="bidirectional">Whether it reads in both directions.</param>
    /// <returns>The layer, on the CPU, its weights not yet initialised.</returns>
    public abstract RecurrentLayer CreateLayer(int inputSize, int hiddenSize, bool bidirectional);

    /// <summary>Sets the initial weights of a layer.</summary>
    /// <param name="layer">A layer made by <see cref="CreateLayer"/>.</param>
    /// <param name="random">The source of random numbers.</param>
    public abstract void Initialize(RecurrentLayer layer, Random random);

    /// <summary>Writes a trained layer into an ONNX graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="layer">A layer made by <see cref="CreateLayer"/>.</param>
    /// <param name="prefix">Prefix of the names of its weights, such as <c>rnn.0.</c>.</param>
    /// <param name="input">The value it reads, <c>[steps, batch, inputSize]</c>.</param>
    /// <param name="lengths">
    /// The number of steps of each sequence, int32 <c>[batch]</c>, at least 1 each: a sequence has its steps first and then padding, which
    /// must not change any result. Null where every sequence has all steps.
    /// </param>
    /// <returns>
    /// Its output at every step, <c>[steps, batch, directions × hiddenSize]</c> (not read past a sequence's length), and its final
    /// state, <c>[batch, directions × hiddenSize]</c>: of the last step that a direction reads within the length.
    /// </returns>
    public abstract (string Output, string Final) EmitOnnx(
        OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string? lengths);

    /// <summary>
    /// How many values a layer hands from step to step, all zero at the start and the first its output: a stream of observations is then
    /// scored one at a time. 0 (default): the cell cannot be run so.
    /// </summary>
    public virtual int StreamingStates => 0;

    /// <summary>Writes one step of a trained layer, in one direction, into an ONNX graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="layer">A layer made by <see cref="CreateLayer"/>.</param>
    /// <param name="prefix">Prefix of the names of its weights, the same as for <see cref="EmitOnnx"/>, whose weights it shares.</param>
    /// <param name="input">The value it reads, <c>[1, batch, inputSize]</c>.</param>
    /// <param name="states">The values before the step, as many as <see cref="StreamingStates"/>, each <c>[1, batch, hiddenSize]</c>.</param>
    /// <returns>The values after the step, in the same order and shape.</returns>
    /// <exception cref="NotSupportedException">The cell cannot be run step by step.</exception>
    public virtual string[] EmitStreaming(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string[] states) =>
        throw new NotSupportedException($"Cell '{Name}' has no streaming form: override StreamingStates and EmitStreaming.");

    /// <summary>Reads a layer's weights back from a graph that <see cref="EmitOnnx"/> wrote, to go on training from there.</summary>
    /// <remarks>
    /// This one reads each parameter of <see cref="RecurrentLayer.Module"/> from the initializer of its name after the prefix, in the
    /// parameter's own shape. A cell that writes its weights in another form reads that form.
    /// </remarks>
    /// <param name="weights">The graph's initializers.</param>
    /// <param name="layer">A layer made by <see cref="CreateLayer"/> for the same sizes and directions.</param>
    /// <param name="prefix">Prefix of the names of its weights, such as <c>rnn.0.</c>.</param>
    /// <exception cref="FormatException">A weight is missing or of another shape.</exception>
    public virtual void ReadOnnx(OnnxWeights weights, RecurrentLayer layer, string prefix)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(layer);
        foreach (var (name, parameter) in layer.Module.named_parameters())
            TensorData.Write(parameter, weights.Read(prefix + name, parameter.shape));
    }

    /// <inheritdoc/>
    public sealed override string ToString() => Name;
}

/// <summary>What of a layer is needed.</summary>
[Flags]
internal enum LayerResults
{
    /// <summary>The output at every step.</summary>
    Output = 1,

    /// <summary>The final states.</summary>
    Final = 2,
}

/// <summary>A recurrent layer during training.</summary>
/// <param name="module">The torch module whose parameters are trained.</param>
/// <param name="inputSize">Values per step that it reads.</param>
/// <param name="hiddenSize">Values per step that it gives, per direction.</param>
/// <param name="bidirectional">Whether it reads in both directions.</param>
public abstract class RecurrentLayer(torch.nn.Module module, int inputSize, int hiddenSize, bool bidirectional) : IDisposable
{
    /// <summary>The torch module whose parameters are trained.</summary>
    public torch.nn.Module Module { get; } = module;

    /// <summary>Values per step that it reads.</summary>
    public int InputSize { get; } = inputSize;

    /// <summary>Values per step that it gives, per direction.</summary>
    public int HiddenSize { get; } = hiddenSize;

    /// <summary>2 if it reads in both directions, else 1.</summary>
    public int Directions { get; } = bidirectional ? 2 : 1;

    /// <summary>Runs the layer.</summary>
    /// <param name="input"><c>[steps, batch, InputSize]</c>.</param>
    /// <param name="lengths">
    /// The number of steps of each sequence, int64 <c>[batch]</c> on the CPU, at least 1 each: a sequence has its steps first and then
    /// padding, which must not change any result. Null where every sequence has all steps.
    /// </param>
    /// <returns>
    /// The output at every step, <c>[steps, batch, Directions × HiddenSize]</c> (not read past a sequence's length), and the final state
    /// of each direction, <c>[Directions, batch, HiddenSize]</c>: of the last step that it reads within the length.
    /// </returns>
    public abstract (torch.Tensor Output, torch.Tensor Final) Forward(torch.Tensor input, torch.Tensor? lengths);

    /// <summary>Runs the layer for one of its results; what is not asked for may be null.</summary>
    internal virtual (torch.Tensor? Output, torch.Tensor? Final) Forward(torch.Tensor input, torch.Tensor? lengths, LayerResults results) =>
        Forward(input, lengths);

    /// <summary>
    /// Whether a parameter is a hidden-to-hidden weight, which <see cref="RecurrentOptions.RecurrentDropout"/> applies to.
    /// </summary>
    /// <param name="parameterName">The parameter's name in <see cref="Module"/>.</param>
    /// <returns>True for names that start with <c>weight_hh</c>, as in PyTorch; a cell with other names overrides this.</returns>
    public virtual bool IsRecurrentWeight(string parameterName)
    {
        ArgumentNullException.ThrowIfNull(parameterName);
        return parameterName.StartsWith("weight_hh", StringComparison.Ordinal);
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        DisposeMore();
        Module.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected virtual void DisposeMore()
    {
    }

    /// <summary>Makes the state that sequences start from.</summary>
    /// <param name="input">The layer's input, <c>[steps, batch, InputSize]</c>, whose batch, type and device it takes.</param>
    /// <returns>Zeros, <c>[Directions, batch, HiddenSize]</c>.</returns>
    protected torch.Tensor ZeroState(torch.Tensor input) =>
        torch.zeros(Directions, input.shape[1], HiddenSize, dtype: input.dtype, device: input.device);
}
