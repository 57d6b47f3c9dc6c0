using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// Writes <c>LSTM</c> operators in 8 bits: as ONNX Runtime's <c>DynamicQuantizeLSTM</c>, in a <c>Scan</c> over the sequences of a batch.
/// </summary>
/// <remarks>
/// The operator brings the layer's input and, at each step, its state to 8 bits, by the range that they have in all that it is given. Given
/// a batch, a sequence would depend on the others in it. The scan gives it one sequence after the other: the result of a sequence is the
/// same whatever stands beside it, and a NaN keeps to its sequence.
/// Weights are unsigned around 128: sums of products of unsigned and signed bytes overflow on x64 processors without VNNI.
/// </remarks>
internal sealed class QuantizedLstm
{
    public const string Operator = "DynamicQuantizeLSTM";

    public const string Domain = "com.microsoft";

    /// <summary>
    /// Hidden values from which on the operator is faster than LSTM for single sequences, with room to spare: at 64 they are even, at 128 it
    /// takes two thirds of the time (ONNX Runtime 1.31, x64).
    /// </summary>
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
        bool replaced = node is { OpType: "LSTM", Domain: "" } && node.Attribute.All(a => a is not { Name: "layout", I: not 0 });
        if (!replaced || !stored.TryGetValue(node.Input[1], out var w) || !stored.TryGetValue(node.Input[2], out var r))
            return null;
        replaced = r.Dims[^1] >= smallestHidden && w.DataType == StoredTensor.Float && r.DataType == StoredTensor.Float;
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
            ("body", EmitBody(scanned, outputs, w, r)), ("num_scan_inputs", scanned.Count),
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
    private OnnxGraphBuilder EmitBody(List<(int Input, string Value, int Axis)> scanned, int[] outputs, Weight w, Weight r)
    {
        var body = _graph.Subgraph();
        string[] input = Store(w), recurrent = Store(r);
        string[] inputs =
        [
            "", input[0], recurrent[0], Input(3), "", "", "", Input(Peepholes), // what is scanned follows
            input[1], input[2], recurrent[1], recurrent[2],
        ];
        foreach (var (index, _, axis) in scanned)
            inputs[index] = body.Node("Unsqueeze", [DeclareInput(body, index), body.Integers(axis)]);
        string[] results = body.Append(_node, Operator, Domain, inputs);
        long directions = r.Tensor.Dims[0], hidden = r.Tensor.Dims[2];
        foreach (int o in outputs)
        {
            string name = body.UnusedName("result"), result = body.Node("Squeeze", [results[o], body.Integers(BatchAxes[o])]);
            body.Output(name, result, o == 0 ? [$"{name}.steps", directions, hidden] : [directions, hidden]);
        }
        return body;
    }

    // A sequence [steps, size], its length [], or its state [directions, size].
    private static string DeclareInput(OnnxGraphBuilder body, int index)
    {
        string name = body.UnusedName("sequence");
        return index == Lengths ? body.Input(name, OnnxElementType.Int32) : body.Input(name, $"{name}.rows", $"{name}.size");
    }

    private string Input(int index) => index < _node.Input.Count ? _node.Input[index] : "";

    // The names of the values, scales and zero points.
    private string[] Store(Weight weight)
    {
        var (name, directions, rows) = (weight.Tensor.Name, weight.Tensor.Dims[0], weight.Tensor.Dims[1]);
        byte[] zeros = [.. Enumerable.Repeat(ZeroPoint, (int)(directions * rows))];
        TensorProto[] tensors =
        [
            StoredTensor.Create<byte>($"{name}.uint8", StoredTensor.UInt8, weight.Transposed(), directions, weight.Tensor.Dims[2], rows),
            StoredTensor.Create<float>($"{name}.scales", StoredTensor.Float, weight.Quantized.Scales, directions, rows),
            StoredTensor.Create<byte>($"{name}.zeros", StoredTensor.UInt8, zeros, directions, rows),
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
