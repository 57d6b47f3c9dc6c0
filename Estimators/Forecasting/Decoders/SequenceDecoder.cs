using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>
/// The decoder of Sutskever, Vinyals and Le (2014): a recurrent layer over the steps of the horizon. Its first states come of a linear layer and
/// tanh each from what was read of the window; each step reads the values before it and what is known ahead of it.
/// </summary>
internal sealed class SequenceDecoder : IDisposable
{
    private const string LayerPrefix = "decoder.";

    private readonly ForecastShape _shape;
    private readonly RecurrentCell _cell;
    private readonly RecurrentLayer _layer;
    private readonly Linear[] _bridges; // for each state
    private readonly ValueBefore _first;
    private readonly int _known;        // values of each step that are known ahead; they stand first in the context

    /// <param name="cell">A built-in cell.</param>
    /// <param name="shape">The horizon and its targets.</param>
    /// <param name="inputs">Values that were read of the window, and of the columns beside it.</param>
    /// <param name="hidden">Values of a state.</param>
    /// <param name="createLinear">Makes a linear layer with initial weights.</param>
    /// <param name="random">What initial weights are drawn from.</param>
    public SequenceDecoder(
        RecurrentCell cell, ForecastShape shape, int inputs, int hidden, Func<int, int, Random, Linear> createLinear, Random random)
    {
        (_shape, _cell, _first) = (shape, cell, new(shape));
        _known = shape.Covariates?.Columns is [{ Kind: CovariateKind.Future, Size: var size }, ..] ? size / shape.Horizon : 0;
        _bridges = [.. Enumerable.Range(0, cell.StreamingStates).Select(_ => createLinear(inputs, hidden, random))];
        _layer = cell.CreateLayer(shape.TargetFeatures.Length + _known, hidden, bidirectional: false);
        cell.Initialize(_layer, random);
    }

    private int Targets => _shape.TargetFeatures.Length;

    public RecurrentLayer Layer => _layer;

    public IEnumerable<torch.nn.Module> Modules => [.. _bridges, _layer.Module];

    public IEnumerable<(string Name, Parameter Value)> Parameters =>
        _bridges.SelectMany((bridge, i) => bridge.named_parameters().Select(p => ($"{BridgePrefix(i)}{p.name}", p.parameter)))
            .Concat(_layer.Module.named_parameters().Select(p => (LayerPrefix + p.name, p.parameter)));

    /// <summary>Forecasts step by step, each from the forecast before.</summary>
    /// <param name="given">What the steps begin from and read.</param>
    /// <param name="head">From the layer's output, <c>[…, hiddenSize]</c>, to a step's values, <c>[…, targets × parameters]</c>.</param>
    /// <returns><c>[batch, horizon × targets × parameters]</c>.</returns>
    public torch.Tensor Run(in DecoderGiven given, Func<torch.Tensor, torch.Tensor> head)
    {
        long batch = given.Summary.shape[0];
        var (states, known) = (FirstStates(given.Summary), Known(given.Context));
        var added = given.Added?.view(batch, _shape.Horizon, -1);
        var before = _first.Forward(given.Windows);                                              // [B, J]
        var steps = new torch.Tensor[_shape.Horizon];
        for (int k = 0; k < steps.Length; k++)
        {
            var input = before.unsqueeze(0);
            (var output, states) = DecoderCell.Run(_layer, known is null ? input : torch.cat([input, known.narrow(0, k, 1)], 2), states);
            var values = head(output[0]);                                                         // [B, J·P]
            steps[k] = added is null ? values : values + added.select(1, k);
            before = ForecastOutput.Point(steps[k].view(batch, Targets, _shape.Parameters));
        }
        return torch.stack(steps, 1).reshape(batch, -1);
    }

    /// <summary>Computes all steps at once, each from the true values before it; those that are not known are 0, what labels are measured from.</summary>
    /// <param name="given">What the steps begin from and read.</param>
    /// <param name="truth">The labels, <c>[batch, horizon × targets]</c>, 0 where they are not known.</param>
    /// <param name="head">From the layer's output, <c>[…, hiddenSize]</c>, to a step's values, <c>[…, targets × parameters]</c>.</param>
    /// <param name="dropout">Dropout of the layer's output.</param>
    /// <returns><c>[batch, horizon × targets × parameters]</c>.</returns>
    public torch.Tensor RunForced(in DecoderGiven given, torch.Tensor truth, Func<torch.Tensor, torch.Tensor> head, DropoutMasks dropout)
    {
        long batch = given.Summary.shape[0];
        var steps = truth.view(batch, _shape.Horizon, Targets).transpose(0, 1);                   // [H, B, J]
        var before = torch.cat([_first.Forward(given.Windows).unsqueeze(0), steps.narrow(0, 0, _shape.Horizon - 1)], 0);
        var input = Known(given.Context) is { } known ? torch.cat([before, known], 2) : before;
        var (output, _) = DecoderCell.Run(_layer, input, FirstStates(given.Summary));             // [H, B, hidden]
        var values = head(dropout.Apply(output)).transpose(0, 1).reshape(batch, -1);
        return given.Added is null ? values : values + given.Added;
    }

    /// <summary>Writes <see cref="Run"/>, as a <c>Loop</c> over the steps of the horizon.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="given">The values of it that the steps begin from and read.</param>
    /// <param name="head">Writes the head: the graph, the layer's output, <c>[batch, hiddenSize]</c>.</param>
    public string EmitOnnx(OnnxGraphBuilder graph, in DecoderValues given, Func<OnnxGraphBuilder, string, string> head)
    {
        string summary = given.Summary;
        var states = _bridges.Select((bridge, i) => EmitState(graph, bridge, BridgePrefix(i), summary));
        string[] begin = [_first.Emit(graph, given.Windows), .. states];
        string? known = _known > 0 ? EmitPerStep(graph, EmitKnown(graph, given.Context!), _known) : null;
        string? added = given.Added is null ? null : EmitPerStep(graph, given.Added, Targets * _shape.Parameters);
        string count = graph.Node("Squeeze", [graph.Integers(_shape.Horizon)]);
        string steps = graph.Nodes("Loop", [count, "", .. begin], begin.Length + 1, ("body", EmitBody(graph, known, added, head)))[^1]; // [H, B, J·P]
        string turned = graph.Node("Transpose", [steps], ("perm", new long[] { 1, 0, 2 }));
        return graph.Node("Reshape", [turned, graph.Integers(-1, _shape.Horizon * Targets * _shape.Parameters)]);
    }

    public void ReadOnnx(OnnxWeights weights)
    {
        for (int i = 0; i < _bridges.Length; i++)
        {
            var (weight, bias) = (_bridges[i].weight, _bridges[i].bias!);
            TensorData.Write(weight, weights.Read($"{BridgePrefix(i)}weight", weight.shape));
            TensorData.Write(bias, weights.Read($"{BridgePrefix(i)}bias", bias.shape));
        }
        _cell.ReadOnnx(weights, _layer, LayerPrefix);
    }

    public void Dispose()
    {
        foreach (var bridge in _bridges)
            bridge.Dispose();
        _layer.Dispose();
    }

    private static string BridgePrefix(int state) => $"bridge.{state}.";

    private torch.Tensor[] FirstStates(torch.Tensor summary) => Array.ConvertAll(_bridges, bridge => bridge.call(summary).tanh().unsqueeze(0));

    // [B, values] → [H, B, values of a step]
    private torch.Tensor? Known(torch.Tensor? context) => _known == 0
        ? null
        : context!.narrow(1, 0, _shape.Horizon * _known).reshape(context.shape[0], _shape.Horizon, _known).transpose(0, 1);

    private static string EmitState(OnnxGraphBuilder graph, Linear bridge, string prefix, string summary)
    {
        string weight = graph.Initializer($"{prefix}weight", TensorData.Read(bridge.weight), bridge.weight.shape);
        string bias = graph.Initializer($"{prefix}bias", TensorData.Read(bridge.bias!), bridge.bias!.shape);
        string state = graph.Node("Tanh", [graph.Node("Gemm", [summary, weight, bias], ("transB", 1))]);
        return graph.Node("Unsqueeze", [state, graph.Integers(0)]);                               // [1, B, hidden]
    }

    private string EmitKnown(OnnxGraphBuilder graph, string context) =>
        graph.Node("Slice", [context, graph.Integers(0), graph.Integers(_shape.Horizon * _known), graph.Integers(1)]);

    // [B, H·size] → [H, B, size]
    private string EmitPerStep(OnnxGraphBuilder graph, string values, int size)
    {
        string parted = graph.Node("Reshape", [values, graph.Integers(-1, _shape.Horizon, size)]);
        return graph.Node("Transpose", [parted], ("perm", new long[] { 1, 0, 2 }));
    }

    // One step: its number, whether to go on, the values before it, the states; out come whether to go on, the values, the states, all it says.
    private OnnxGraphBuilder EmitBody(OnnxGraphBuilder graph, string? known, string? added, Func<OnnxGraphBuilder, string, string> head)
    {
        var body = graph.Subgraph();
        int hidden = _layer.HiddenSize;
        string step = body.Input(body.UnusedName("step"), OnnxElementType.Int64);
        string goOn = body.Input(body.UnusedName("go_on"), OnnxElementType.Bool);
        string before = body.Input(body.UnusedName("before"), 1, "batch", Targets);
        string[] states = [.. _bridges.Select(_ => body.Input(body.UnusedName("state"), 1, "batch", hidden))];
        string number = body.Node("Unsqueeze", [step, body.Integers(0)]);                         // [1]
        string input = known is null
            ? before
            : body.Node("Concat", [before, body.Node("Gather", [known, number], ("axis", 0))], ("axis", 2));
        string[] after = _cell.EmitStreaming(body, _layer, LayerPrefix, input, states);
        string values = head(body, body.Node("Squeeze", [after[0], body.Integers(0)]));           // [B, J·P]
        if (added is not null)
            values = body.Node("Add", [values, body.Node("Gather", [added, step], ("axis", 0))]);
        body.Output(body.UnusedName("goes_on"), goOn, OnnxElementType.Bool);
        body.Output(body.UnusedName("point"), EmitPoint(body, values), 1, "batch", Targets);
        foreach (string state in after)
            body.Output(body.UnusedName("next"), state, 1, "batch", hidden);
        body.Output(body.UnusedName("values"), values, "batch", Targets * _shape.Parameters);
        graph.TakeInitializers(body);
        return body;
    }

    private string EmitPoint(OnnxGraphBuilder body, string values)
    {
        string parted = body.Node("Reshape", [values, body.Integers(-1, Targets, _shape.Parameters)]);
        return body.Node("Unsqueeze", [ForecastOutput.EmitPoint(body, parted), body.Integers(0)]);   // [1, B, J]
    }
}

/// <summary>What the steps of the horizon begin from and read.</summary>
/// <param name="Summary">What was read of the window and of the columns beside it, <c>[batch, values]</c>.</param>
/// <param name="Windows">What the network reads, <c>[steps, batch, features]</c>.</param>
/// <param name="Context">The scaled values of the columns beside the window, <c>[batch, values]</c>; null where there are none.</param>
/// <param name="Added">What is added to the steps' values, <c>[batch, horizon × targets × parameters]</c>; null for nothing.</param>
internal readonly record struct DecoderGiven(torch.Tensor Summary, torch.Tensor Windows, torch.Tensor? Context, torch.Tensor? Added);

/// <summary>The values of a graph that the steps of the horizon begin from and read, as <see cref="DecoderGiven"/> has them.</summary>
internal readonly record struct DecoderValues(string Summary, string Windows, string? Context, string? Added);
