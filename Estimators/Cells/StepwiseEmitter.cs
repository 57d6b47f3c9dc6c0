namespace MlNetRnn;

/// <summary>Writes a <see cref="StepwiseCell"/> into an ONNX graph: a <c>Scan</c> over the steps for each direction.</summary>
internal static class StepwiseEmitter
{
    public static (string Output, string Final) Emit(
        StepwiseCell cell, OnnxGraphBuilder graph, StepwiseLayer layer, string prefix, string input, string? lengths)
    {
        string? within = lengths is null ? null : SequenceMask.Emit(graph, input, lengths); // [T, B, 1]
        var directions = Enumerable.Range(0, layer.Directions)
            .Select(d => EmitDirection(cell, graph, layer, prefix, input, within, d)).ToArray();
        return (Join(graph, [.. directions.Select(r => r.Output)], axis: 2), Join(graph, [.. directions.Select(r => r.Final)], axis: 1));
    }

    /// <summary>One step, without a loop: from states and to states <c>[1, batch, hiddenSize]</c>.</summary>
    public static string[] EmitStreaming(
        StepwiseCell cell, OnnxGraphBuilder graph, StepwiseLayer layer, string prefix, string input, string[] states)
    {
        var weights = EmitWeights(cell, graph, layer, prefix, direction: 0);
        string first = graph.Integers(0);
        string projected = graph.Node("Squeeze", [cell.EmitInput(graph, weights, input), first]);       // [1, B, P] → [B, P]
        string[] before = [.. states.Select(state => graph.Node("Squeeze", [state, first]))];
        return [.. EmitStep(cell, graph, weights, projected, before).Select(state => graph.Node("Unsqueeze", [state, first]))];
    }

    private static (string Output, string Final) EmitDirection(
        StepwiseCell cell, OnnxGraphBuilder graph, StepwiseLayer layer, string prefix, string input, string? within, int direction)
    {
        var weights = EmitWeights(cell, graph, layer, prefix, direction);
        string projected = cell.EmitInput(graph, weights, input);                             // [T, B, P]
        string start = ZeroState(graph, input, layer.HiddenSize);                               // [B, H]
        var body = EmitBody(cell, graph, weights, layer.HiddenSize, within is not null);
        string[] scanned = within is null ? [projected] : [projected, within];
        string[] outputs = graph.Nodes(
            "Scan", [.. Enumerable.Repeat(start, cell.States), .. scanned], cell.States + 1,
            ("body", body), ("num_scan_inputs", scanned.Length),
            ("scan_input_directions", Enumerable.Repeat((long)direction, scanned.Length).ToArray()),
            ("scan_output_directions", new long[] { direction }));
        return (outputs[cell.States], outputs[0]); // [T, B, H], [B, H]
    }

    private static Dictionary<string, string> EmitWeights(
        StepwiseCell cell, OnnxGraphBuilder graph, StepwiseLayer layer, string prefix, int direction)
    {
        var parameters = layer.Module.state_dict();
        return cell.Weights(layer.InputSize, layer.HiddenSize).ToDictionary(weight => weight.Name, weight =>
        {
            string name = StepwiseLayer.NameOf(weight, direction);
            return graph.Initializer(prefix + name, TensorData.Read(parameters[name]), parameters[name].shape);
        });
    }

    // Inputs: the states, the step's projection, and with lengths whether the step is real. Outputs: the states and the step's output.
    private static OnnxGraphBuilder EmitBody(
        StepwiseCell cell, OnnxGraphBuilder graph, Dictionary<string, string> weights, int hidden, bool hasLengths)
    {
        var body = graph.Subgraph();
        string[] before = [.. Enumerable.Range(0, cell.States).Select(_ => body.Input(body.UnusedName("state"), "batch", hidden))];
        string projected = body.Input(body.UnusedName("step"), "batch", body.UnusedName("size"));
        string? within = hasLengths ? body.Input(body.UnusedName("within"), OnnxElementType.Bool, "batch", 1) : null;
        string[] next = EmitStep(cell, body, weights, projected, before);
        string[] after = within is null ? next : [.. next.Select((value, i) => body.Node("Where", [within, value, before[i]]))];
        string output = within is null
            ? next[0]
            : body.Node("Where", [within, next[0], body.Initializer(body.UnusedName("zero"), [0f])]);
        foreach (string value in after)
            body.Output(body.UnusedName("next"), value, "batch", hidden);
        body.Output(body.UnusedName("output"), output, "batch", hidden);
        return body;
    }

    private static string[] EmitStep(
        StepwiseCell cell, OnnxGraphBuilder graph, Dictionary<string, string> weights, string projected, string[] before)
    {
        string[] next = cell.EmitStep(graph, weights, projected, before);
        return next?.Length == cell.States
            ? next
            : throw new InvalidOperationException(
                $"EmitStep of cell '{cell}' gave {next?.Length ?? 0} values, expected {cell.States}, its States.");
    }

    private static string ZeroState(OnnxGraphBuilder graph, string input, int hidden)
    {
        string batch = graph.Node("Slice", [graph.Node("Shape", [input]), graph.Integers(1), graph.Integers(2), graph.Integers(0)]); // [1]
        return graph.Node("ConstantOfShape", [graph.Node("Concat", [batch, graph.Integers(hidden)], ("axis", 0))]);
    }

    private static string Join(OnnxGraphBuilder graph, string[] directions, int axis) =>
        directions.Length == 1 ? directions[0] : graph.Node("Concat", directions, ("axis", axis));
}
