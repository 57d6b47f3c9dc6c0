namespace MlNetRnn;

/// <summary>
/// Writes a network that forecasts one step as a graph that forecasts all: a <c>Loop</c> over the whole of it, from values as they come to a
/// value in the series' units, which becomes the newest step of the window.
/// </summary>
internal static class RecursiveEmission
{
    /// <param name="graph">The graph.</param>
    /// <param name="raw">What the model's graph takes, <c>[batch, steps, features]</c>, or <c>[batch, 1, values]</c> with columns beside the window.</param>
    /// <param name="network">The network.</param>
    /// <param name="task">What it is for.</param>
    /// <param name="manifest">What the model is.</param>
    /// <param name="ending">The units of the windows as they come; no prediction yet.</param>
    /// <returns>The forecasts in the units of labels, <c>[batch, horizon × targets]</c>.</returns>
    public static string Emit(
        OnnxGraphBuilder graph, string raw, RecurrentNetwork network, ForecastingTask task, SequenceModelManifest manifest, ModelEnding ending)
    {
        var body = EmitBody(network, task, manifest, ending.Scaler);
        graph.Adopt(body);
        string count = graph.Node("Squeeze", [graph.Integers(manifest.Forecast!.Horizon)]);
        string steps = graph.Nodes("Loop", [count, "", raw], 2, ("body", body))[1];                // [H, B, J]
        string turned = graph.Node("Transpose", [steps], ("perm", new long[] { 1, 0, 2 }));
        return task.Emission(graph, ending).EmitScaled(turned);
    }

    // One step: its number, whether to go on, the window; out come whether to go on, the window one step later, the forecast.
    private static OnnxGraphBuilder EmitBody(RecurrentNetwork network, ForecastingTask task, SequenceModelManifest manifest, Scaler scaler)
    {
        var forecast = manifest.Forecast! with { Horizon = 1 };
        var body = new OnnxGraphBuilder();
        _ = body.Input(body.UnusedName("number"), OnnxElementType.Int64);
        string goOn = body.Input(body.UnusedName("go_on"), OnnxElementType.Bool);
        string window = body.Input(body.UnusedName("window"), "batch", "steps", manifest.Features);
        var sequences = SequenceEmission.Emit(body, window, scaler, manifest);
        string prediction = network.EmitOnnx(body, sequences.TimeMajor, sequences.Lengths, out _, sequences.Context);
        var ending = new ModelEnding(prediction, sequences.Missing, sequences.Last, scaler, [], sequences.Window, forecast);
        string value = task.Emission(body, ending).EmitPoint();                                   // [B, J]
        body.Output(body.UnusedName("goes_on"), goOn, OnnxElementType.Bool);
        body.Output(body.UnusedName("rolled"), EmitRolled(body, window, value, network.FeatureOrder, forecast.Window), "batch", "steps", manifest.Features);
        body.Output(body.UnusedName("forecast"), value, "batch", forecast.Targets);
        return body;
    }

    private static string EmitRolled(OnnxGraphBuilder body, string window, string value, int[] order, WindowSize? size)
    {
        string newest = body.Node("Gather", [value, body.Integers([.. order.Select(j => (long)j)])], ("axis", 1));           // [B, F]
        string one = body.Integers(1), end = body.Integers(int.MaxValue);
        if (size is null)
        {
            string later = body.Node("Slice", [window, one, end, one]);                           // [B, T - 1, F]
            return body.Node("Concat", [later, body.Node("Unsqueeze", [newest, one])], ("axis", 1));
        }
        // What stands beside the window stays: [B, 1, T·F + C].
        string two = body.Integers(2), values = body.Integers(size.Steps * size.Features);
        string rest = body.Node("Slice", [window, body.Integers(size.Features), values, two]);
        string beside = body.Node("Slice", [window, values, end, two]);
        return body.Node("Concat", [rest, body.Node("Unsqueeze", [newest, one]), beside], ("axis", 2));
    }
}
