using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// What torch's recurrent layers share: weights <c>weight_ih_l0 [G·H, I]</c>, <c>weight_hh_l0 [G·H, H]</c>, <c>bias_ih_l0</c>,
/// <c>bias_hh_l0 [G·H]</c>, and <c>…_reverse</c> for the second direction, in blocks of H rows per gate.
/// </summary>
internal static class GateWeights
{
    /// <summary>
    /// Keras's initialisation: Glorot uniform for inputs, orthogonal for the recurrence (Saxe, McClelland and Ganguli, 2014), zero
    /// biases but for the forget gate's, which start at 1 (Gers, Schmidhuber and Cummins, 2000).
    /// </summary>
    public static void Initialize(RecurrentLayer layer, int gates, Random random, int? forgetGate = null)
    {
        int hidden = layer.HiddenSize;
        foreach (var (name, parameter) in layer.Module.named_parameters())
        {
            float[] values = new float[parameter.numel()];
            if (name.StartsWith("weight_ih", StringComparison.Ordinal))
                InitialWeights.GlorotUniform(values, layer.InputSize, gates * hidden, random);
            else if (name.StartsWith("weight_hh", StringComparison.Ordinal))
                InitialWeights.Orthogonal(values, gates * hidden, hidden, random);
            else if (forgetGate is { } gate && name.StartsWith("bias_ih", StringComparison.Ordinal))
                values.AsSpan(gate * hidden, hidden).Fill(1);
            TensorData.Write(parameter, values);
        }
    }

    /// <summary>Emits the ONNX operator over all directions, and joins the directions of its outputs.</summary>
    public static (string Output, string Final) Emit(
        OnnxGraphBuilder graph, string operation, RecurrentLayer layer, string prefix, string input,
        int[] gateOrder, params ReadOnlySpan<(string, object)> attributes)
    {
        int directions = layer.Directions, hidden = layer.HiddenSize, inputSize = layer.InputSize, rows = gateOrder.Length * hidden;
        var weights = layer.Module.state_dict();
        float[] Blocks(string kind, int columns) => Directions(weights, kind, directions, gateOrder, hidden * columns);

        string w = graph.Initializer($"{prefix}weight_ih_l0", Blocks("weight_ih_l0", inputSize), directions, rows, inputSize); // W [D, G·H, I]
        string r = graph.Initializer($"{prefix}weight_hh_l0", Blocks("weight_hh_l0", hidden), directions, rows, hidden);       // R [D, G·H, H]
        string b = graph.Initializer($"{prefix}bias_l0", Interleave(Blocks("bias_ih_l0", 1), Blocks("bias_hh_l0", 1), rows), directions, 2 * rows);
        string[] outputs = graph.Nodes( // Y [T, D, B, H] and Y_h [D, B, H]
            operation, [input, w, r, b], outputs: 2,
            [("hidden_size", hidden), ("direction", directions == 2 ? "bidirectional" : "forward"), .. attributes]);
        return (JoinSteps(graph, outputs[0], directions * hidden), JoinFinal(graph, outputs[1], directions * hidden));
    }

    private static string JoinSteps(OnnxGraphBuilder graph, string y, int size)
    {
        string perStep = graph.Node("Transpose", [y], ("perm", new long[] { 0, 2, 1, 3 })); // [T, D, B, H] → [T, B, D, H]
        return graph.Node("Reshape", [perStep, graph.Integers(0, 0, size)]);                // → [T, B, D·H]
    }

    private static string JoinFinal(OnnxGraphBuilder graph, string final, int size)
    {
        string perSequence = graph.Node("Transpose", [final], ("perm", new long[] { 1, 0, 2 })); // [D, B, H] → [B, D, H]
        return graph.Node("Reshape", [perSequence, graph.Integers(0, size)]);                    // → [B, D·H]
    }

    private static float[] Directions(
        Dictionary<string, torch.Tensor> weights, string kind, int directions, int[] gateOrder, int blockSize)
    {
        var forward = Reorder(TensorData.Read(weights[kind]), gateOrder, blockSize);
        return directions == 1 ? forward : [.. forward, .. Reorder(TensorData.Read(weights[$"{kind}_reverse"]), gateOrder, blockSize)];
    }

    private static float[] Reorder(float[] torch, int[] gateOrder, int blockSize)
    {
        var onnx = new float[torch.Length];
        for (int gate = 0; gate < gateOrder.Length; gate++)
            torch.AsSpan(gateOrder[gate] * blockSize, blockSize).CopyTo(onnx.AsSpan(gate * blockSize));
        return onnx;
    }

    // B [D, 2·G·H]: for each direction the input biases, then the recurrent ones
    private static float[] Interleave(float[] input, float[] recurrent, int rows)
    {
        var both = new float[input.Length * 2];
        for (int d = 0; d < input.Length / rows; d++)
        {
            input.AsSpan(d * rows, rows).CopyTo(both.AsSpan(2 * d * rows));
            recurrent.AsSpan(d * rows, rows).CopyTo(both.AsSpan((2 * d + 1) * rows));
        }
        return both;
    }
}
