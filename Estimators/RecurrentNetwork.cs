using MlNetRnn.Fused;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>
/// Recurrent layers with layer normalisation (if asked for) and dropout after each, the readout of the last one, dense ReLU layers, and
/// a linear head. It works on scaled values and knows nothing of cells, directions, readouts or tasks.
/// </summary>
internal sealed partial class RecurrentNetwork : IDisposable
{
    private const float NormEpsilon = 1e-5f;

    private readonly RecurrentCell _cell;
    private readonly Embedding? _embedding;
    private readonly NetworkInput _input;
    private readonly List<RecurrentLayer> _recurrent = [];
    private readonly List<LayerNorm> _norms = []; // after each recurrent layer, or none
    private readonly ReadoutLayer _readout;
    private readonly List<Linear> _dense = [];
    private readonly Linear _head;
    private readonly bool _masked;
    private readonly LinearHighway? _highway;
    private readonly ContextInput? _context;
    private readonly SequenceDecoder? _decoder;
    private readonly Recursion? _recursion;
    private readonly int _headSteps = 1; // steps that the head is run for
    private readonly LanguageSummary? _language;

    /// <param name="options">Cell, layers and their sizes.</param>
    /// <param name="features">Values of a step.</param>
    /// <param name="outputs">Values of the head.</param>
    /// <param name="random">What initial weights are drawn from.</param>
    /// <param name="tokens">The values that a step's one feature has as a token; 0 where it is a number.</param>
    /// <param name="deltaGains">What changes are multiplied by, where they are read; null for 1.</param>
    /// <param name="forecast">What a forecasting network has beside; null for other tasks.</param>
    /// <param name="language">How a language model reads tokens; null for other tasks.</param>
    public RecurrentNetwork(
        RecurrentOptions options, int features, int outputs, Random random, int tokens = 0, float[]? deltaGains = null,
        ForecastShape? forecast = null, LanguageSummary? language = null)
    {
        (_cell, _language) = (options.Cell, language);
        Dropout = options.Dropout;
        _masked = forecast?.Masked == true;
        if (forecast?.LinearHighway == true)
            _highway = new LinearHighway(forecast.Decoder == ForecastDecoder.Recursive ? forecast with { Horizon = 1 } : forecast);
        float[]? gains = options.Input.Deltas ? [.. deltaGains ?? Ones(features), .. _masked ? [1f] : (float[])[]] : null;
        _input = new NetworkInput(options.Input, features + (_masked ? 1 : 0), gains);
        int size = _input.Size;
        if (tokens > 0)
            (_embedding, size) = (CreateEmbedding(tokens + (language is null ? 0 : 1), options.EmbeddingSize, random), options.EmbeddingSize);
        foreach (int hidden in options.HiddenSizes)
        {
            var layer = _cell.CreateLayer(size, hidden, options.Bidirectional);
            _recurrent.Add(layer);
            _cell.Initialize(layer, random);
            size = hidden * layer.Directions;
            if (options.LayerNormalization)
                _norms.Add(torch.nn.LayerNorm(size, NormEpsilon)); // gain 1, bias 0
        }
        _readout = ReadoutLayer.Create(options, size, random);
        if (forecast?.Covariates is { AreRead: true } covariates)
        {
            _context = new ContextInput(covariates, random);
            size += _context.Size;
        }
        if (forecast?.Decoder == ForecastDecoder.EncoderDecoder)
        {
            _decoder = new SequenceDecoder(_cell, forecast, size, options.HiddenSizes[^1], CreateLinear, random);
            (size, _headSteps) = (options.HiddenSizes[^1], forecast.Horizon);
        }
        else if (forecast?.Decoder == ForecastDecoder.Recursive)
        {
            (_recursion, _headSteps) = (new(forecast), forecast.Horizon);
        }
        foreach (int dense in options.DenseSizes)
        {
            _dense.Add(CreateLinear(size, dense, random));
            size = dense;
        }
        _head = CreateLinear(size, outputs / _headSteps, random);
        if (language?.TieEmbeddings == true) // small at the start, as the head's would be: they are multiplied by each other
            TensorData.Write(_embedding!.weight!, [.. TensorData.Read(_embedding.weight!).Select(w => w / MathF.Sqrt(size))]);
        if (language is not null)
            TensorData.Span(_embedding!.weight!)[..options.EmbeddingSize].Clear(); // an unknown token tells nothing, until one is seen
    }

    /// <summary>Values that it gives for a sequence.</summary>
    public int Outputs => (int)_head.weight.shape[0] * _headSteps;

    /// <summary>Share of values dropped after each recurrent layer while training.</summary>
    public double Dropout { get; }

    /// <summary>All trained values with their names: <c>rnn.0.weight_ih_l0</c>, <c>dense.0.weight</c>, <c>head.bias</c>.</summary>
    public IEnumerable<(string Name, Parameter Value)> Parameters =>
        (_embedding is null ? [] : Named("embedding.", _embedding))
            .Concat(_recurrent.SelectMany((layer, i) => Named($"rnn.{i}.", layer.Module)))
            .Concat(_norms.SelectMany((norm, i) => Named($"norm.{i}.", norm)))
            .Concat(_readout.Parameters)
            .Concat(_dense.SelectMany((dense, i) => Named($"dense.{i}.", dense)))
            .Concat(Named("head.", _head).Where(p => !IsTied || p.Item1 == "head.bias"))
            .Concat(_highway is null ? [] : Named("highway.", _highway.Module))
            .Concat(_context?.Parameters ?? [])
            .Concat(_decoder?.Parameters ?? []);

    /// <summary>The hidden-to-hidden weights of all recurrent layers.</summary>
    public IEnumerable<Parameter> RecurrentWeights => _recurrent.Concat(_decoder is null ? [] : [_decoder.Layer]).SelectMany(
        layer => layer.Module.named_parameters().Where(p => layer.IsRecurrentWeight(p.name)).Select(p => p.parameter));

    public void MoveTo(torch.Device device)
    {
        if (device.type == DeviceType.CPU)
            return; // where it was made
        foreach (var module in Modules())
            module.to(device);
    }

    /// <summary>Computes the recurrent layers, which are of built-in cells, by our own kernels.</summary>
    public void Fuse(TrainingThreads threads)
    {
        foreach (var layer in _recurrent.OfType<GateLayer>())
            layer.Fuse(threads);
    }

    /// <summary>Throws what broke off the last backward pass, which cannot get through libtorch.</summary>
    public void ThrowIfFailed()
    {
        foreach (var layer in _recurrent)
            (layer as GateLayer)?.ThrowIfFailed();
    }

    /// <summary>Runs the network on a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="dropout">Dropout after each recurrent layer while training; null to score.</param>
    /// <param name="inputDropout">Dropout of what the first layer reads; null to score.</param>
    /// <returns><c>[batch, outputs]</c>.</returns>
    public torch.Tensor Forward(in Batch batch, DropoutMasks? dropout, DropoutMasks? inputDropout = null) => batch.Text is { } text
        ? ForwardText(batch.Input, batch.Lengths, text, dropout, inputDropout)
        : Forward(batch.Input, batch.Lengths, dropout, inputDropout, batch.Context, truth: dropout is null ? null : batch.Target);

    /// <summary>Runs the network on scaled sequences.</summary>
    /// <param name="input"><c>[steps, batch, features]</c>.</param>
    /// <param name="lengths">Steps of each sequence, int64 <c>[batch]</c>; null where each has all.</param>
    /// <param name="dropout">Dropout after each recurrent layer while training; null to score.</param>
    /// <param name="inputDropout">Dropout of what the first layer reads; null to score.</param>
    /// <param name="context">Scaled values of the columns beside the window, <c>[batch, values]</c>; null where there are none.</param>
    /// <param name="truth">
    /// While training, the targets, <c>[batch, labels]</c>, which a decoder reads instead of its own forecasts (teacher forcing); null to score.
    /// </param>
    /// <returns><c>[batch, outputs]</c>; while training, of a network that is rolled out, the first step.</returns>
    public torch.Tensor Forward(
        torch.Tensor input, torch.Tensor? lengths, DropoutMasks? dropout, DropoutMasks? inputDropout = null, torch.Tensor? context = null,
        torch.Tensor? truth = null) => _recursion is not null && dropout is null
            ? _recursion.Run(input, windows => ForwardOnce(windows, lengths, null, null, context, null))
            : ForwardOnce(input, lengths, dropout, inputDropout, context, truth);

    private torch.Tensor ForwardOnce(
        torch.Tensor input, torch.Tensor? lengths, DropoutMasks? dropout, DropoutMasks? inputDropout, torch.Tensor? context, torch.Tensor? truth)
    {
        if (_masked)
            input = WindowMask.Apply(input);                                                      // [T, B, F + 1]
        if (_language is not null)
            (input, lengths) = Begun(input, lengths);
        foreach (var layer in _recurrent.OfType<GateLayer>())
            layer.Carried = null;
        var x = _embedding?.call(input.squeeze(2).to(torch.int64)); // tokens: [T, B, 1] → [T, B, embedding]
        if (x is null)
            (x, lengths) = _input.Forward(input, lengths);
        x = inputDropout?.Apply(x) ?? x;
        for (int i = 0; i < _recurrent.Count; i++)
        {
            var needed = Needed(i);
            var (output, final) = _recurrent[i].Forward(x, lengths, needed); // [T, B, D·H], [D, B, H], or null
            CheckShapes(_recurrent[i], x, output, final);
            x = needed == LayerResults.Final ? Join(final!) : output!;
            x = _norms.Count > 0 ? _norms[i].call(x) : x;
            x = dropout?.Apply(x) ?? x;
        }
        x = _readout.Forward(x, lengths); // [B, D·H]
        if (_context is not null)
            x = torch.cat([x, _context.Forward(context!)], 1);
        var added = _highway?.Forward(input);
        if (_decoder is not null)
        {
            var given = new DecoderGiven(x, input, context, added);
            return truth is null || dropout is null ? _decoder.Run(given, Head) : _decoder.RunForced(given, truth, Head, dropout);
        }
        x = Head(x);
        return added is null ? x : x + added;
    }

    /// <summary>Writes the network into an ONNX graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">Scaled sequences, <c>[steps, batch, features]</c>.</param>
    /// <param name="lengths">Steps of each sequence, int32 <c>[batch]</c>; null where each has all.</param>
    /// <returns>The name of its output, <c>[batch, outputs]</c>.</returns>
    public string EmitOnnx(OnnxGraphBuilder graph, string input, string? lengths) => EmitOnnx(graph, input, lengths, out _);

    /// <inheritdoc cref="EmitOnnx(OnnxGraphBuilder, string, string?)"/>
    /// <param name="graph">The graph.</param>
    /// <param name="input">Scaled sequences, <c>[steps, batch, features]</c>.</param>
    /// <param name="lengths">Steps of each sequence, int32 <c>[batch]</c>; null where each has all.</param>
    /// <param name="weights">How much each step counts, <c>[steps, batch, 1]</c>; null where the readout does not learn it.</param>
    /// <param name="context">Scaled values of the columns beside the window, <c>[batch, values]</c>; null where there are none.</param>
    public string EmitOnnx(OnnxGraphBuilder graph, string input, string? lengths, out string? weights, string? context = null)
    {
        if (_recursion is null)
            return EmitOnce(graph, input, lengths, out weights, context);
        weights = null;
        return _recursion.EmitOnnx(graph, input, (body, windows) => EmitOnce(body, windows, lengths, out _, context));
    }

    private string EmitOnce(OnnxGraphBuilder graph, string input, string? lengths, out string? weights, string? context)
    {
        if (_masked)
            input = WindowMask.EmitApply(graph, input);
        (string x, lengths) = _embedding is null ? _input.EmitOnnx(graph, input, lengths) : (EmitEmbedding(graph, _embedding, input), lengths);
        for (int i = 0; i < _recurrent.Count; i++)
        {
            var (output, final) = _cell.EmitOnnx(graph, _recurrent[i], $"rnn.{i}.", x, lengths);
            x = Needed(i) == LayerResults.Final ? final : output;
            x = _norms.Count > 0 ? EmitNorm(graph, _norms[i], $"norm.{i}.", x) : x;
        }
        (x, weights) = _readout.EmitOnnx(graph, x, lengths);
        if (_context is not null)
            x = graph.Node("Concat", [x, _context.EmitOnnx(graph, context!)], ("axis", 1));
        string? added = _highway?.EmitOnnx(graph, input);
        if (_decoder is not null)
            return _decoder.EmitOnnx(graph, new(x, input, context, added), EmitHead);
        string prediction = EmitHead(graph, x);
        return added is null ? prediction : graph.Node("Add", [prediction, added]);
    }

    /// <summary>Writes one step of the network into an ONNX graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">One scaled observation of each stream, <c>[1, batch, features]</c>.</param>
    /// <param name="states">What it hands from step to step.</param>
    /// <returns>The name of its output, <c>[batch, outputs]</c>.</returns>
    public string EmitStreaming(OnnxGraphBuilder graph, string input, StreamingStates states)
    {
        string x = _embedding is null ? input : EmitEmbedding(graph, _embedding, input);
        for (int i = 0; i < _recurrent.Count; i++)
        {
            string[] before = [.. Enumerable.Range(0, _cell.StreamingStates).Select(s => states.Before(i, s, _recurrent[i].HiddenSize))];
            string[] after = _cell.EmitStreaming(graph, _recurrent[i], $"rnn.{i}.", x, before);
            for (int s = 0; s < after.Length; s++)
                states.After(i, s, after[s]);
            x = _norms.Count > 0 ? EmitNorm(graph, _norms[i], $"norm.{i}.", after[0]) : after[0]; // [1, B, H]
        }
        string read = _readout.EmitStreaming(graph, x, states);                                               // [1, B, H]
        return EmitHead(graph, graph.Node("Squeeze", [read, graph.Integers(0)]));
    }

    /// <summary>Takes the weights of a model whose graph <see cref="EmitOnnx(OnnxGraphBuilder, string, string?)"/> wrote for a network of the same shape.</summary>
    public void ReadOnnx(OnnxWeights weights)
    {
        if (_embedding is not null)
            TensorData.Write(_embedding.weight!, weights.Read("embedding.weight", _embedding.weight!.shape));
        for (int i = 0; i < _recurrent.Count; i++)
            _cell.ReadOnnx(weights, _recurrent[i], $"rnn.{i}.");
        for (int i = 0; i < _norms.Count; i++)
            Read(weights, $"norm.{i}.", _norms[i].weight!, _norms[i].bias!);
        _readout.ReadOnnx(weights);
        for (int i = 0; i < _dense.Count; i++)
            Read(weights, $"dense.{i}.", _dense[i].weight, _dense[i].bias!);
        if (IsTied)
            TensorData.Write(_head.bias!, weights.Read("head.bias", _head.bias!.shape));
        else
            Read(weights, "head.", _head.weight, _head.bias!);
        _highway?.ReadOnnx(weights);
        _context?.ReadOnnx(weights);
        _decoder?.ReadOnnx(weights);
    }

    public void Dispose()
    {
        foreach (var layer in _recurrent)
            layer.Dispose();
        foreach (var module in Modules().Skip(_recurrent.Count))
            module.Dispose();
        _highway?.Dispose();
        _context?.Dispose();
        _decoder?.Dispose();
    }

    private LayerResults Needed(int layer) => layer == _recurrent.Count - 1 ? _readout.Reads : LayerResults.Output;

    // A cell of the user's own: a wrong shape that broadcasts would train on, and mean nothing.
    private void CheckShapes(RecurrentLayer layer, torch.Tensor input, torch.Tensor? output, torch.Tensor? final)
    {
        long steps = input.shape[0], batch = input.shape[1];
        if (output is not null)
            CheckShape("output", output, "[steps, batch, directions × hiddenSize]", steps, batch, layer.Directions * layer.HiddenSize);
        if (final is not null)
            CheckShape("final state", final, "[directions, batch, hiddenSize]", layer.Directions, batch, layer.HiddenSize);
    }

    private void CheckShape(string what, torch.Tensor value, string meaning, params ReadOnlySpan<long> expected)
    {
        if (!value.shape.AsSpan().SequenceEqual(expected))
        {
            throw new InvalidOperationException($"The {what} of a layer of cell '{_cell}' is [{string.Join(", ", value.shape)}], expected "
                + $"[{string.Join(", ", expected.ToArray())}], {meaning}. Correct the cell.");
        }
    }

    private static torch.Tensor Join(torch.Tensor final) => final.shape[0] == 1
        ? final[0]                                             // [1, B, H] → [B, H]
        : final.transpose(0, 1).reshape(final.shape[1], -1);   // [D, B, H] → [B, D·H]

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    // The first row stands for unknown tokens.
    private static Embedding CreateEmbedding(int tokens, int size, Random random)
    {
        var embedding = torch.nn.Embedding(tokens + 1, size);
        var values = new float[(tokens + 1) * size];
        InitialWeights.Normal(values, random);
        TensorData.Write(embedding.weight!, values);
        return embedding;
    }

    private static string EmitEmbedding(OnnxGraphBuilder graph, Embedding embedding, string tokens)
    {
        string keys = graph.Node("Cast", [graph.Node("Squeeze", [tokens, graph.Integers(2)])], ("to", (int)OnnxElementType.Int64)); // [T, B]
        return graph.Node("Gather", [graph.Initializer("embedding.weight", TensorData.Read(embedding.weight!), embedding.weight!.shape), keys]);
    }

    private static Linear CreateLinear(int inputs, int outputs, Random random)
    {
        var linear = torch.nn.Linear(inputs, outputs);
        var values = new float[inputs * outputs];
        InitialWeights.GlorotUniform(values, inputs, outputs, random);
        TensorData.Write(linear.weight, values);
        TensorData.Write(linear.bias!, new float[outputs]);
        return linear;
    }

    // The layers behind the readout or the decoder, [B, H] → [B, outputs].
    private torch.Tensor Head(torch.Tensor x)
    {
        foreach (var dense in _dense)
            x = torch.nn.functional.relu(dense.call(x)); // [B, dense]
        return IsTied ? torch.nn.functional.linear(x, Tied(), _head.bias) : _head.call(x);
    }

    // The same in a graph.
    private string EmitHead(OnnxGraphBuilder graph, string x)
    {
        for (int i = 0; i < _dense.Count; i++)
            x = graph.Node("Relu", [EmitLinear(graph, _dense[i], $"dense.{i}.", x)]);
        return IsTied ? EmitTied(graph, x) : EmitLinear(graph, _head, "head.", x);
    }

    private static string EmitLinear(OnnxGraphBuilder graph, Linear linear, string prefix, string x)
    {
        var (weight, bias) = Emit(graph, prefix, linear.weight, linear.bias!);
        return graph.Node("Gemm", [x, weight, bias], ("transB", 1)); // [B, inputs] → [B, outputs]
    }

    private static string EmitNorm(OnnxGraphBuilder graph, LayerNorm norm, string prefix, string x)
    {
        var (weight, bias) = Emit(graph, prefix, norm.weight!, norm.bias!);
        return graph.Node("LayerNormalization", [x, weight, bias], ("axis", -1), ("epsilon", NormEpsilon));
    }

    private static (string Weight, string Bias) Emit(OnnxGraphBuilder graph, string prefix, torch.Tensor weight, torch.Tensor bias) => (
        graph.Initializer($"{prefix}weight", TensorData.Read(weight), weight.shape),
        graph.Initializer($"{prefix}bias", TensorData.Read(bias), bias.shape));

    private static void Read(OnnxWeights weights, string prefix, torch.Tensor weight, torch.Tensor bias)
    {
        TensorData.Write(weight, weights.Read($"{prefix}weight", weight.shape));
        TensorData.Write(bias, weights.Read($"{prefix}bias", bias.shape));
    }

    private static IEnumerable<(string, Parameter)> Named(string prefix, torch.nn.Module module) =>
        module.named_parameters().Select(p => (prefix + p.name, p.parameter));

    private IEnumerable<torch.nn.Module> Modules()
    {
        IEnumerable<torch.nn.Module> embedding = _embedding is null ? [] : [_embedding];
        IEnumerable<torch.nn.Module> highway = _highway is null ? [] : [_highway.Module];
        return [.. _recurrent.Select(l => l.Module), .. _norms, .. _readout.Modules, .. _dense, _head, .. embedding, .. highway, .. _context?.Modules ?? [], .. _decoder?.Modules ?? []];
    }
}
