using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// Writes <c>LSTM</c> operators in 8 bits: as ONNX Runtime's <c>DynamicQuantizeLSTM</c>, in a <c>Scan</c> over the sequences of the batch.
/// </summary>
/// <remarks>
/// The operator brings the layer's input and, at each step, its state to 8 bits, by the range that they have in all that it is given. Given a
/// batch, a sequence would depend on the others in it. The scan gives it one sequence after the other: the result of a sequence is the same
/// whatever stands beside it, in every runtime of ours and not, and a NaN keeps to its sequence.
/// Weights are unsigned around 128: the product of unsigned and signed bytes overflows on x64 processors without VNNI.
/// </remarks>
internal sealed class QuantizedLstm
{
    public const string Operator = "DynamicQuantizeLSTM";

    public const string Domain = "com.microsoft";

    /// <summary>Hidden values from which on the operator is faster than LSTM for single sequences, with room to spare (ONNX Runtime 1.31, x64).</summary>
    public const int SmallestHidden = 128;

    private const byte ZeroPoint = 128;
    private const int Lengths = 4, InitialHidden = 5, InitialCell = 6, Peepholes = 7; // inputs of LSTM

    // For each output, [steps, directions, batch, hidden] and twice [directions, batch, hidden]: the axis of the batch.
    private static readonly int[] BatchAxes = [2, 1, 1];

    private readonly OnnxGraphBuilder _graph;
    private readonly NodeProto _node;

    private QuantizedLstm(OnnxGraphBuilder graph, NodeProto node) => (_graph, _node) = (graph, node);

    /// <summary>The graph with all such layers replaced.</summary>
    /// <param name="graph">The graph; it is left as it is.</param>
    /// <param name="smallestHidden">Smaller layers stay.</param>
    public static GraphProto Replace(GraphProto graph, int smallestHidden)
    {
        var stored = graph.Initializer.ToDictionary(t => t.Name);
        var builder = OnnxGraphBuilder.WithoutNodes(graph);
        foreach (var node in graph.Node)
        {
            if (Weights(node, stored, smallestHidden) is { } weights)
                new QuantizedLstm(builder, node).Emit(weights.W, weights.R);
            else
                builder.Append(node);
        }
        return builder.BuildGraph();
    }

    // W [D, 4H, I] and R [D, 4H, H], quantised; null for another operator, and for a layer that stays.
    private static (Weight W, Weight R)? Weights(NodeProto node, Dictionary<string, TensorProto> stored, int smallestHidden)
    {
        if (node is not { OpType: "LSTM", Domain: "" } || !stored.TryGetValue(node.Input[1], out var w) || !stored.TryGetValue(node.Input[2], out var r))
            return null;
        bool replaced = r.Dims[^1] >= smallestHidden && w.DataType == StoredTensor.Float && r.DataType == StoredTensor.Float
            && node.Attribute.All(a => a is not { Name: "layout", I: not 0 });
        return replaced && Weight.Of(w) is { } input && Weight.Of(r) is { } recurrent ? (input, recurrent) : null;
    }

    private void Emit(Weight w, Weight r)
    {
        var scanned = new List<(int Input, string Value, int Axis)> { (0, _node.Input[0], 1) };
        AddScanned(scanned, Lengths, 0);
        AddScanned(scanned, InitialHidden, 1);
        AddScanned(scanned, InitialCell, 1);
        int[] outputs = [.. Enumerable.Range(0, _node.Output.Count).Where(i => _node.Output[i].Length > 0)];
        string[] results = _graph.Nodes(
            "Scan", [.. scanned.Select(s => s.Value)], outputs.Length,
            ("body", EmitBody(scanned, outputs, Store(w), Store(r))), ("num_scan_inputs", scanned.Count),
            ("scan_input_axes", scanned.Select(s => (long)s.Axis).ToArray()),
            ("scan_output_axes", outputs.Select(o => (long)BatchAxes[o]).ToArray()));
        for (int i = 0; i < outputs.Length; i++)
            _graph.Alias(_node.Output[outputs[i]], results[i]);
    }

    private void AddScanned(List<(int, string, int)> scanned, int input, int axis)
    {
        if (Input(input) is { Length: > 0 } value)
            scanned.Add((input, value, axis));
    }

    // The layer over one sequence: what is scanned lacks the axis of the batch, which is put back for the operator and taken from its results.
    private OnnxGraphBuilder EmitBody(List<(int Input, string Value, int Axis)> scanned, int[] outputs, string[] w, string[] r)
    {
        var body = _graph.Subgraph();
        string[] inputs = [.. Enumerable.Range(0, 8).Select(Input), w[1], w[2], r[1], r[2]];
        (inputs[1], inputs[2]) = (w[0], r[0]);
        foreach (var (input, _, axis) in scanned)
        {
            string one = body.UnusedName("sequence");
            if (input == Lengths)
                body.Input(one, OnnxElementType.Int32);
            else
                body.Input(one, $"{one}.rows", $"{one}.size");
            inputs[input] = body.Node("Unsqueeze", [one, body.Integers(axis)]);
        }
        string[] results = body.Append(_node, Operator, Domain, inputs);
        foreach (int o in outputs)
            body.Output(body.UnusedName("result"), body.Node("Squeeze", [results[o], body.Integers(BatchAxes[o])]), o == 0 ? ["steps", "directions", "hidden"] : ["directions", "hidden"]);
        return body;
    }

    private string Input(int index) => index < _node.Input.Count ? _node.Input[index] : "";

    // The names of the values, scales and zero points.
    private string[] Store(Weight weight)
    {
        var (name, directions, rows) = (weight.Tensor.Name, weight.Tensor.Dims[0], weight.Tensor.Dims[1]);
        TensorProto[] tensors =
        [
            StoredTensor.Create<byte>($"{name}.uint8", StoredTensor.UInt8, weight.Transposed(), directions, weight.Tensor.Dims[2], rows),
            StoredTensor.Create<float>($"{name}.scales", StoredTensor.Float, weight.Quantized.Scales, directions, rows),
            StoredTensor.Create<byte>($"{name}.zeros", StoredTensor.UInt8, Enumerable.Repeat(ZeroPoint, (int)(directions * rows)).ToArray(), directions, rows),
        ];
        foreach (var tensor in tensors)
            _graph.Store(tensor);
        return [.. tensors.Select(t => t.Name)];
    }

    private sealed record Weight(TensorProto Tensor, RowQuantization Quantized)
    {
        public static Weight? Of(TensorProto tensor) =>
            RowQuantization.Of(tensor.Singles(), (int)tensor.Dims[2]) is { } quantized ? new(tensor, quantized) : null;

        // [D, 4H, columns] → [D, columns, 4H]
        public byte[] Transposed()
        {
            int rows = (int)Tensor.Dims[1], columns = (int)Tensor.Dims[2];
            var transposed = new byte[Quantized.Values.Length];
            for (int i = 0; i < transposed.Length; i++)
            {
                int column = i % columns, row = i / columns % rows, direction = i / columns / rows;
                transposed[((direction * columns) + column) * rows + row] = (byte)(Quantized.Values[i] + ZeroPoint);
            }
            return transposed;
        }
    }
}
