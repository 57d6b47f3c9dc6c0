using System.Reflection;
using Google.Protobuf;
using Microsoft.ML;

namespace MlNetRnn.Tests.Contracts;

/// <summary>What every cell must do, found by reflection: a new one is tested without being named here.</summary>
[TestClass]
public sealed class CellContractTests
{
    private static readonly MLContext Ml = new(1);

    public static IEnumerable<object[]> CellsAndDirections() =>
        from property in typeof(RecurrentCell).GetProperties(BindingFlags.Public | BindingFlags.Static)
        where property.PropertyType == typeof(RecurrentCell)
        from bidirectional in new[] { false, true }
        select new object[] { property.Name, bidirectional };

    [TestMethod]
    public void There_are_cells() => Assert.IsGreaterThanOrEqualTo(8, CellsAndDirections().Count());

    [TestMethod, DynamicData(nameof(CellsAndDirections))]
    public void It_trains_exports_and_meets_what_ml_net_expects_of_a_component(string cell, bool bidirectional)
    {
        var data = Examples.Random(40).View(Ml);

        var model = (SequenceTransformer)ComponentContract.Check(Ml, Ml.Regression.Trainers.Recurrent(Options(cell, bidirectional)), data);

        Assert.IsLessThan(1e-5, model.Model.Manifest.Training.OnnxMaxAbsDiff);
        Assert.AreEqual(Cell(cell).Name, model.Model.Manifest.Network.Cell);
    }

    [TestMethod, DynamicData(nameof(CellsAndDirections))]
    public void Its_weights_have_the_names_of_a_state_dict_in_the_onnx_file(string cell, bool bidirectional)
    {
        using var network = new RecurrentNetwork(Options(cell, bidirectional), 2, 1, new Random(1));
        var graph = new OnnxGraphBuilder();
        graph.Output("y", network.EmitOnnx(graph, graph.Input("x", "steps", "batch", 2), lengths: null), "batch", 1);

        var initializers = Onnx.ModelProto.Parser.ParseFrom(graph.Build().ToByteArray()).Graph.Initializer.Select(i => i.Name).ToArray();

        foreach (string name in network.Parameters.Select(p => p.Name).Where(n => !n.Contains("bias_", StringComparison.Ordinal) && !n.EndsWith("_reverse", StringComparison.Ordinal)))
            CollectionAssert.Contains(initializers, name);
    }

    [TestMethod]
    public void Cells_have_names_of_their_own()
    {
        string[] names = [.. CellsAndDirections().Select(c => Cell((string)c[0]).Name).Distinct()];

        Assert.HasCount(CellsAndDirections().Count() / 2, names);
    }

    private static RecurrentCell Cell(string property) => (RecurrentCell)typeof(RecurrentCell).GetProperty(property)!.GetValue(null)!;

    private static RecurrentOptions Options(string cell, bool bidirectional) =>
        Networks.Tiny with { Cell = Cell(cell), Bidirectional = bidirectional, HiddenSizes = [4, 3] };
}
