using MlNetRnn.Onnx;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class UnusedValuesTests
{
    [TestMethod]
    public void What_nothing_reads_is_not_in_the_graph()
    {
        var builder = new OnnxGraphBuilder();
        string x = builder.Input("x", 1, 2);
        string unread = builder.Node("Add", [x, builder.Initializer("unread", [1f, 2f], 2)]);
        builder.Node("Relu", [unread]);
        builder.Output("y", builder.Node("Add", [x, builder.Initializer("read", [3f, 4f], 2)]), 1, 2);

        var graph = builder.Build().Graph;

        Assert.AreSequenceEqual(["Add", "Identity"], graph.Node.Select(n => n.OpType));
        Assert.AreSequenceEqual(["read"], graph.Initializer.Select(i => i.Name));
    }

    [TestMethod]
    public void The_last_layer_does_not_compute_every_step()
    {
        using var network = new RecurrentNetwork(Networks.Tiny with { HiddenSizes = [4, 3] }, 2, 1, new Random(1));
        var builder = new OnnxGraphBuilder();
        builder.Output("y", network.EmitOnnx(builder, builder.Input("x", "steps", "batch", 2), lengths: null), "batch", 1);

        NodeProto[] layers = [.. builder.Build().Graph.Node.Where(n => n.OpType == "LSTM")];

        Assert.AreEqual(("", true), (layers[1].Output[0], layers[1].Output[1].Length > 0), "the last layer gives its final state alone");
        Assert.AreEqual((true, ""), (layers[0].Output[0].Length > 0, layers[0].Output[1]), "the layer before gives its steps alone");
    }
}
