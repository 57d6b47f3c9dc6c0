using Microsoft.ML;
using MlNetRnn.Onnx;

namespace MlNetRnn.Tests;

/// <summary>Graphs that are no use inside files that are whole.</summary>
[TestClass]
public sealed class BrokenGraphTests
{
    private const int Count = 300;

    [TestMethod]
    public void An_operation_that_does_not_exist_is_named()
    {
        var model = TinyModel.Tampered(TinyModel.Regression, graph => graph.Node[0].OpType = "Nonsense");

        Fails.With<FormatException>(() => new SequencePredictor(model).Dispose(), "Nonsense", "ONNX Runtime 1.", "cannot run", "anew");
        using var transformer = new SequenceTransformer(model);
        var rows = new MLContext(1).Data.LoadFromEnumerable(new[] { WindowRow.Random(new Random(1)) });
        Fails.With<FormatException>(() => TinyModel.Scores(transformer.Transform(rows)), "Nonsense");
    }

    [TestMethod]
    public void A_file_with_such_a_graph_is_named()
    {
        using var folder = new Scenarios.TemporaryFolder();
        TinyModel.Tampered(TinyModel.Regression, graph => graph.Node[0].OpType = "Nonsense").Save(folder["model.onnx"]);

        Fails.With<FormatException>(() => SequencePredictor.Load(folder["model.onnx"]), folder["model.onnx"], "Nonsense");
    }

    [TestMethod]
    public void A_graph_that_does_not_fit_its_manifest_is_told_apart()
    {
        var renamed = TinyModel.Tampered(TinyModel.Regression, graph =>
        {
            graph.Output[0].Name = "Other";
            graph.Node.Single(n => n.Output.Contains("Score")).Output[0] = "Other";
        });
        var wider = TinyModel.WithGraph(TinyModel.Regression.Manifest with { Features = 3 }, Value);
        var narrow = SequenceModel.Create(ModelProto.Parser.ParseFrom(wider.OnnxBytes), TinyModel.Regression.Manifest);

        Fails.With<FormatException>(() => new SequencePredictor(renamed).Dispose(), "does not fit its manifest", "'Score'", "'Other'");
        Fails.With<FormatException>(() => new SequencePredictor(narrow).Dispose(), "6 steps, 2 features", "[any, 6, 3]");
    }

    [TestMethod]
    public void A_graph_that_loads_but_does_not_run_is_refused_at_once()
    {
        var model = TinyModel.WithGraph(TinyModel.Regression.Manifest, (graph, input) => Picked(graph, input, offset: 50));

        Fails.With<FormatException>(() => new SequencePredictor(model).Dispose(), "The model cannot be scored", "Gather");
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(150)]
    [DataRow(Count - 1)]
    public void A_failure_inside_one_part_of_a_batch_reaches_the_caller_and_later_calls_are_right(int bad)
    {
        var model = TinyModel.WithGraph(TinyModel.Regression.Manifest, (graph, input) => Picked(graph, input, offset: 0));
        using var predictor = new SequencePredictor(model, new() { Threads = 4 });
        float[] sequences = new float[12 * Count];
        for (int i = 0; i < Count; i++)
            sequences[12 * i] = i % 4;
        float[] expected = [.. Enumerable.Range(0, Count).Select(i => 10f * (i % 4))];
        float[] broken = [.. sequences];
        broken[12 * bad] = 99;

        for (int round = 0; round < 3; round++)
        {
            Fails.With<InvalidOperationException>(() => predictor.PredictBatch(broken), "ONNX Runtime failed", "Gather", "'Window'");
            Assert.AreSequenceEqual(expected, predictor.PredictBatch(sequences));
        }
        Fails.With<InvalidOperationException>(() => predictor.Predict(broken.AsSpan(12 * bad, 12)), "1 sequences");
        Assert.AreEqual(10f, predictor.Predict(sequences.AsSpan(12, 12))[0]);
    }

    // The first value of each sequence, [batch, 1].
    private static string Value(OnnxGraphBuilder graph, string input) => graph.Node("Slice",
        [graph.Node("Flatten", [input], ("axis", 1L)), graph.Integers(0), graph.Integers(1), graph.Integers(1)]);

    // Ten times the first value of each sequence, out of a table of four: other values fail when they are scored.
    private static string Picked(OnnxGraphBuilder graph, string input, long offset)
    {
        string table = graph.Initializer("table", [0f, 10, 20, 30], 4);
        string index = graph.Node("Add", [graph.Node("Cast", [Value(graph, input)], ("to", 7L)), graph.Integers(offset)]);
        return graph.Node("Gather", [table, index]);
    }
}
