using Google.Protobuf;
using Microsoft.ML;

namespace MlNetRnn.Tests.Contracts;

/// <summary>What every readout must do, in all of its forms: a new one is tested without being named here.</summary>
[TestClass]
public sealed class ReadoutContractTests
{
    private static readonly MLContext Ml = new(1);

    public static IEnumerable<object[]> Readouts =>
        from readout in Enum.GetValues<SequenceReadout>()
        from ragged in new[] { false, true }
        select new object[] { readout, ragged };

    [TestMethod]
    public void Each_has_a_form_of_its_own()
    {
        var layers = typeof(ReadoutLayer).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ReadoutLayer))).ToArray();
        var made = Enum.GetValues<SequenceReadout>().Select(Create).ToArray();

        Assert.AreSequenceEqual(layers.Select(t => t.Name).Order(), made.Select(l => l.GetType().Name).Order());
    }

    [TestMethod, DynamicData(nameof(Readouts))]
    public void It_trains_exports_and_meets_what_ml_net_expects_of_a_component(SequenceReadout readout, bool ragged)
    {
        string? weights = readout == SequenceReadout.Attention ? "Weights" : null;
        var options = Networks.Tiny with { Readout = readout, LayerNormalization = true, Dropout = 0.1, AttentionColumnName = weights };

        var model = (SequenceTransformer)ComponentContract.Check(Ml, Ml.Regression.Trainers.Recurrent(options), ragged ? Ragged() : Examples.Random(40).View(Ml));

        Assert.IsLessThan(1e-5, model.Model.Manifest.Training.OnnxMaxAbsDiff);
        Assert.AreEqual(readout, model.Model.Manifest.Network.Readout);
    }

    [TestMethod, DynamicData(nameof(Readouts))]
    public void Its_weights_have_the_names_of_a_state_dict_in_the_onnx_file(SequenceReadout readout, bool ragged)
    {
        using var layer = Create(readout);
        var graph = new OnnxGraphBuilder();
        string? lengths = ragged ? graph.Input("lengths", OnnxElementType.Int32, "batch") : null;
        graph.Output("y", layer.EmitOnnx(graph, graph.Input("x", "steps", "batch", 3), lengths).Output, "batch", 3);

        var initializers = Onnx.ModelProto.Parser.ParseFrom(graph.Build().ToByteArray()).Graph.Initializer;

        foreach (var (name, value) in layer.Parameters)
            Assert.AreSequenceEqual(value.shape, initializers.Single(i => i.Name == name).Dims);
    }

    private static ReadoutLayer Create(SequenceReadout readout) => ReadoutLayer.Create(new() { Readout = readout }, 3, new Random(1));

    private static IDataView Ragged()
    {
        var random = new Random(1);
        return Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(_ => RaggedRow.Random(random, 9)).ToArray());
    }
}
