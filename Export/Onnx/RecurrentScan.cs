using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Writes one <c>RNN</c> or <c>GRU</c> operator as a <c>Scan</c> for each direction.</summary>
internal sealed class RecurrentScan
{
    private readonly OnnxGraphBuilder _graph;
    private readonly NodeProto _node;
    private readonly int _hidden;
    private readonly bool _isGru;
    private readonly string _input;   // [T, B, I]
    private readonly string? _within; // whether a step is real, Bool [T, B, 1]

    private RecurrentScan(OnnxGraphBuilder graph, NodeProto node)
    {
        (_graph, _node, _input) = (graph, node, node.Input[0]);
        _hidden = (int)node.Attribute.Single(a => a.Name == "hidden_size").I;
        _isGru = node.OpType == "GRU";
        _within = Input(4) is { } lengths ? SequenceMask.Emit(graph, _input, lengths) : null;
    }

    private int Gates => _isGru ? 3 : 1;

    private bool HasSteps => Output(0) is not null;

    public static void Emit(OnnxGraphBuilder graph, NodeProto node)
    {
        var scan = new RecurrentScan(graph, node);
        var directions = scan.Directions().Select(scan.EmitDirection).ToArray();
        if (scan.Output(0) is { } steps)
            graph.Alias(steps, scan.Stack([.. directions.Select(d => d.Steps!)], axis: 1)); // [T, B, H] each → [T, D, B, H]
        if (scan.Output(1) is { } final)
            graph.Alias(final, scan.Stack([.. directions.Select(d => d.Final)], axis: 0));  // [B, H] each → [D, B, H]
    }

    private IEnumerable<(int Index, bool Backward)> Directions() =>
        _node.Attribute.FirstOrDefault(a => a.Name == "direction")?.S.ToStringUtf8() switch
        {
            "bidirectional" => [(0, false), (1, true)],
            "reverse" => [(0, true)],
            _ => [(0, false)],
        };

    private (string? Steps, string Final) EmitDirection((int Index, bool Backward) direction)
    {
        int d = direction.Index;
        string[] inputWeights = Split(Direction(_node.Input[1], d), Gates);     // [H, I] each
        string[] recurrentWeights = Split(Direction(_node.Input[2], d), Gates); // [H, H] each
        string[] biases = Input(3) is { } b ? Split(Direction(b, d), 2 * Gates) : Zeros(2 * Gates);
        string[] projected = [.. inputWeights.Select((w, gate) => Project(w, InputBias(biases, gate)))]; // [T, B, H] each
        string start = Input(5) is { } initial ? Direction(initial, d) : ZeroState();
        var body = EmitBody(recurrentWeights, biases);
        string[] scanned = _within is null ? projected : [.. projected, _within];
        long backward = direction.Backward ? 1 : 0;
        (string, object)[] attributes =
        [
            ("body", body), ("num_scan_inputs", scanned.Length), ("scan_input_directions", Enumerable.Repeat(backward, scanned.Length).ToArray()),
        ];
        string[] outputs = HasSteps
            ? _graph.Nodes("Scan", [start, .. scanned], 2, [.. attributes, ("scan_output_directions", new[] { backward })])
            : _graph.Nodes("Scan", [start, .. scanned], 1, attributes);
        return (HasSteps ? outputs[1] : null, outputs[0]);
    }

    // Of biases that are added one after the other, the sum goes into the projection. GRU's last recurrent one is multiplied by the reset gate.
    private string InputBias(string[] biases, int gate) =>
        _isGru && gate == 2 ? biases[2] : _graph.Node("Add", [biases[gate], biases[Gates + gate]]);

    private string Project(string weight, string bias)
    {
        string transposed = _graph.Node("Transpose", [weight], ("perm", new long[] { 1, 0 }));          // [I, H]
        return _graph.Node("Add", [_graph.Node("MatMul", [_input, transposed]), bias]);                 // [T, B, H]
    }

    // Inputs: the state, the projections of the step, and with lengths whether it is real. Outputs: the state, and the step's output.
    private OnnxGraphBuilder EmitBody(string[] weights, string[] biases)
    {
        var body = _graph.Subgraph();
        string before = body.Input(body.UnusedName("state"), "batch", _hidden);
        string[] projected = [.. weights.Select(_ => body.Input(body.UnusedName("step"), "batch", _hidden))];
        string? within = _within is null ? null : body.Input(body.UnusedName("within"), OnnxElementType.Bool, "batch", 1);
        string next = _isGru ? GruStep(body, weights, biases[^1], projected, before) : RnnStep(body, weights[0], projected[0], before);
        string after = within is null ? next : body.Node("Where", [within, next, before]);
        body.Output(body.UnusedName("next"), after, "batch", _hidden);
        if (HasSteps)
        {
            string output = within is null ? next : body.Node("Where", [within, next, body.Initializer(body.UnusedName("zero"), [0f])]);
            body.Output(body.UnusedName("output"), output, "batch", _hidden);
        }
        return body;
    }

    private string RnnStep(OnnxGraphBuilder body, string weight, string projected, string before)
    {
        string activation = _node.Attribute.FirstOrDefault(a => a.Name == "activations")?.Strings[0].ToStringUtf8() ?? "Tanh";
        return body.Node(activation, [Recur(body, before, weight, projected)]);
    }

    // z, r: update and reset gate; h' = (1 − z) n + z h with n = tanh(x + r (R h + b)), as PyTorch and cuDNN have it.
    private static string GruStep(OnnxGraphBuilder body, string[] weights, string bias, string[] projected, string before)
    {
        string update = body.Node("Sigmoid", [Recur(body, before, weights[0], projected[0])]);
        string reset = body.Node("Sigmoid", [Recur(body, before, weights[1], projected[1])]);
        string gated = body.Node("Mul", [reset, Recur(body, before, weights[2], bias)]);
        string candidate = body.Node("Tanh", [body.Node("Add", [projected[2], gated])]);
        string kept = body.Node("Mul", [update, body.Node("Sub", [before, candidate])]);
        return body.Node("Add", [candidate, kept]);
    }

    // R h + what is given, [B, H].
    private static string Recur(OnnxGraphBuilder body, string before, string weight, string added) =>
        body.Node("Gemm", [before, weight, added], ("transB", 1));

    private string ZeroState()
    {
        string batch = _graph.Node("Slice", [_graph.Node("Shape", [_input]), _graph.Integers(1), _graph.Integers(2), _graph.Integers(0)]); // [1]
        return _graph.Node("ConstantOfShape", [_graph.Node("Concat", [batch, _graph.Integers(_hidden)], ("axis", 0))]);                    // [B, H]
    }

    private string[] Zeros(int count) => [.. Enumerable.Repeat(_graph.Initializer(_graph.UnusedName("zeros"), new float[_hidden], _hidden), count)];

    private string Direction(string value, int direction) => // [D, …] → […]
        _graph.Node("Squeeze", [_graph.Node("Slice", [value, _graph.Integers(direction), _graph.Integers(direction + 1), _graph.Integers(0)]), _graph.Integers(0)]);

    private string[] Split(string value, int parts) => parts == 1 ? [value] : _graph.Nodes("Split", [value], parts, ("axis", 0));

    private string Stack(string[] values, int axis)
    {
        string[] parts = [.. values.Select(v => _graph.Node("Unsqueeze", [v, _graph.Integers(axis)]))];
        return parts.Length == 1 ? parts[0] : _graph.Node("Concat", parts, ("axis", axis));
    }

    private string? Input(int index) => _node.Input.Count > index && _node.Input[index].Length > 0 ? _node.Input[index] : null;

    private string? Output(int index) => _node.Output.Count > index && _node.Output[index].Length > 0 ? _node.Output[index] : null;
}
