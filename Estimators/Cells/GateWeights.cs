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
        string? lengths, int[] gateOrder, params ReadOnlySpan<(string, object)> attributes)
    {
        int directions = layer.Directions, hidden = layer.HiddenSize;
        var (w, r, b) = EmitWeights(graph, layer, prefix, gateOrder);
        string[] outputs = graph.Nodes( // Y [T, D, B, H] and Y_h [D, B, H]
            operation, lengths is null ? [input, w, r, b] : [input, w, r, b, lengths], outputs: 2,
            [("hidden_size", hidden), ("direction", directions == 2 ? "bidirectional" : "forward"), .. attributes]);
        return (JoinSteps(graph, outputs[0], directions * hidden), JoinFinal(graph, outputs[1], directions * hidden));
    }

    /// <summary>Emits the ONNX operator over one step, from states and to states <c>[1, batch, hiddenSize]</c>.</summary>
    public static string[] EmitStreaming(
        OnnxGraphBuilder graph, string operation, RecurrentLayer layer, string prefix, string input, string[] states,
        int[] gateOrder, params ReadOnlySpan<(string, object)> attributes)
    {
        var (w, r, b) = EmitWeights(graph, layer, prefix, gateOrder);
        string[] outputs = graph.Nodes( // Y [1, 1, B, H], and Y_h, Y_c [1, B, H]
            operation, [input, w, r, b, "", .. states], outputs: 1 + states.Length, [("hidden_size", layer.HiddenSize), .. attributes]);
        return outputs[1..];
    }

    /// <summary>Reads what <see cref="Emit"/> wrote back into a layer.</summary>
    public static void Read(OnnxWeights weights, RecurrentLayer layer, string prefix, int[] gateOrder)
    {
        int directions = layer.Directions, hidden = layer.HiddenSize, inputSize = layer.InputSize, rows = gateOrder.Length * hidden;
        var targets = layer.Module.state_dict();
        int[] torchOrder = new int[gateOrder.Length]; // the inverse permutation
        for (int gate = 0; gate < gateOrder.Length; gate++)
            torchOrder[gateOrder[gate]] = gate;
        float[] w = weights.Read($"{prefix}weight_ih_l0", directions, rows, inputSize);
        float[] r = weights.Read($"{prefix}weight_hh_l0", directions, rows, hidden);
        float[] b = weights.Read($"{prefix}bias_l0", directions, 2 * rows);
        for (int d = 0; d < directions; d++)
        {
            void Write(string kind, ReadOnlySpan<float> onnx, int columns) => TensorData.Write(
                targets[d == 0 ? kind : $"{kind}_reverse"], Reorder(onnx, torchOrder, hidden * columns));
            Write("weight_ih_l0", w.AsSpan(d * rows * inputSize, rows * inputSize), inputSize);
            Write("weight_hh_l0", r.AsSpan(d * rows * hidden, rows * hidden), hidden);
            Write("bias_ih_l0", b.AsSpan(2 * d * rows, rows), 1);
            Write("bias_hh_l0", b.AsSpan((2 * d + 1) * rows, rows), 1);
        }
    }

    private static (string W, string R, string B) EmitWeights(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, int[] gateOrder)
    {
        int directions = layer.Directions, hidden = layer.HiddenSize, inputSize = layer.InputSize, rows = gateOrder.Length * hidden;
        var weights = layer.Module.state_dict();
        float[] Blocks(string kind, int columns) => Directions(weights, kind, directions, gateOrder, hidden * columns);
        return (
            graph.Initializer($"{prefix}weight_ih_l0", Blocks("weight_ih_l0", inputSize), directions, rows, inputSize), // W [D, G·H, I]
            graph.Initializer($"{prefix}weight_hh_l0", Blocks("weight_hh_l0", hidden), directions, rows, hidden),       // R [D, G·H, H]
            graph.Initializer($"{prefix}bias_l0", Interleave(Blocks("bias_ih_l0", 1), Blocks("bias_hh_l0", 1), rows), directions, 2 * rows));
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

    private static float[] Reorder(ReadOnlySpan<float> blocks, int[] order, int blockSize)
    {
        var reordered = new float[blocks.Length];
        for (int gate = 0; gate < order.Length; gate++)
            blocks.Slice(order[gate] * blockSize, blockSize).CopyTo(reordered.AsSpan(gate * blockSize));
        return reordered;
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
