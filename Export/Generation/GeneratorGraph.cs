using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// A model rolled out as one graph: the seed <c>[batch, steps, features]</c> and the number of steps in, the steps after it
/// <c>[batch, length, features]</c> out. The model's nodes are the body of a <c>Loop</c>; its weights stay outside.
/// </summary>
internal static class GeneratorGraph
{
    public const string Seed = "Seed", Length = "Length", Generated = "Generated";

    /// <summary>The entry of a file's metadata that tells that it is one, and which column seeds are of.</summary>
    public const string Key = "mlnetrnn.generator";

    public static ModelProto Of(SequenceModel model)
    {
        var manifest = model.Manifest;
        var rollOut = RollOut.Of(manifest);
        var source = ModelProto.Parser.ParseFrom(model.OnnxBytes);
        var graph = new OnnxGraphBuilder();
        var renamed = FreeNames(graph, source.Graph);
        string seed = graph.Input(Seed, "batch", manifest.Steps == 0 ? "steps" : manifest.Steps, rollOut.Features);
        string length = graph.Input(Length, OnnxElementType.Int64);
        string output = manifest.Outputs[0].Name;
        var body = Body(graph, source.Graph, manifest, rollOut, renamed.GetValueOrDefault(output, output));
        graph.TakeInitializers(body);
        string batch = graph.Node("Gather", [graph.Node("Shape", [seed]), graph.Integers(0)]);
        string any = graph.Node("Squeeze", [graph.Node("Greater", [batch, graph.Integers(0)])]);     // ONNX Runtime ends the process on an empty batch
        string steps = graph.Nodes("Loop", [length, any, seed], 2, ("body", body))[1];               // [length, B, F]
        graph.Output(Generated, EmitResult(graph, steps, batch, length, rollOut.Features), "batch", "length", rollOut.Features);
        var built = graph.Build();
        Operators.Import(built, source.Graph); // those of the body, too
        built.MetadataProps.Add(new StringStringEntryProto { Key = Key, Value = manifest.FeatureColumnName });
        return built;
    }

    // [length, B, F] → [B, length, F], with no steps where there was no turn of the loop, which then tells no sizes.
    private static string EmitResult(OnnxGraphBuilder graph, string steps, string batch, string length, int features)
    {
        string asked = graph.Node("Max", [graph.Node("Unsqueeze", [length, graph.Integers(0)]), graph.Integers(0)]);
        string sizes = graph.Node("Concat", [batch, asked, graph.Integers(features)], ("axis", 0));
        return graph.Node("Reshape", [graph.Node("Transpose", [steps], ("perm", new long[] { 1, 0, 2 })), sizes], ("allowzero", 1));
    }

    // The model's values keep their names, but where they are those of the file's inputs and output.
    private static Dictionary<string, string> FreeNames(OnnxGraphBuilder graph, GraphProto model)
    {
        string[] names = [.. GraphNames.Of(model)];
        graph.Reserve(names.Except([Seed, Length, Generated]));
        var renamed = names.Intersect([Seed, Length, Generated]).ToDictionary(name => name, graph.UnusedName);
        graph.Reserve(renamed.Values);
        GraphNames.Rename(model, renamed);
        return renamed;
    }

    private static OnnxGraphBuilder Body(OnnxGraphBuilder graph, GraphProto model, SequenceModelManifest manifest, RollOut rollOut, string given)
    {
        var body = graph.Subgraph();
        body.Input(body.UnusedName("iteration"), OnnxElementType.Int64);
        string go = body.Input(body.UnusedName("go"), OnnxElementType.Bool);
        string window = model.Input[0].Name;
        body.Input(model.Input[0]); // as the model names it
        body.Splice(model);
        var output = manifest.Outputs[0];
        int horizon = output.Length / output.Targets;
        string forecast = body.Node("Reshape", [given, body.Integers(-1, horizon, output.Targets)]);                              // [B, H, K]
        string first = body.Node("Slice", [forecast, body.Integers(0), body.Integers(1), body.Integers(1)]);                             // [B, 1, K]
        string next = body.Node("Gather", [first, body.Integers([.. rollOut.TargetOf.Select(t => (long)t)])], ("axis", 2));              // [B, 1, F]
        string rest = body.Node("Slice", [window, body.Integers(1), body.Integers(int.MaxValue), body.Integers(1)]);
        body.Output(body.UnusedName("go_on"), go, OnnxElementType.Bool);
        body.Output(body.UnusedName("moved"), body.Node("Concat", [rest, next], ("axis", 1)), "batch", manifest.Steps == 0 ? "steps" : manifest.Steps, rollOut.Features);
        body.Output(body.UnusedName("step"), body.Node("Squeeze", [next, body.Integers(1)]), "batch", rollOut.Features);
        return body;
    }
}
