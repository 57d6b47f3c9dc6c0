using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Cells that are classes of this project, not of the library: they do all that the built-in ones do.</summary>
[TestClass]
public class OwnCellTests
{
    private static readonly MLContext Ml = new(1);

    public static IEnumerable<object[]> Cells =>
        from cell in new[] { "min-gru", "peephole-lstm" }
        from bidirectional in new[] { false, true }
        select new object[] { cell, bidirectional };

    [TestMethod, DynamicData(nameof(Cells))]
    public void It_trains_exports_saves_and_loads(string cell, bool bidirectional)
    {
        var data = Examples.Random(40).View(Ml);

        var model = (SequenceTransformer)ComponentContract.Check(Ml, Ml.Regression.Trainers.Recurrent(Options(cell, bidirectional)), data);

        Assert.IsLessThan(1e-5, model.Model.Manifest.Training.OnnxMaxAbsDiff);
        Assert.AreEqual(cell, model.Model.Manifest.Network.Cell);
    }

    [TestMethod]
    public void It_learns()
    {
        var series = Examples.Windows(Series.NoisySine(400, noise: 0.05), steps: 12);
        using var model = Ml.Regression.Trainers.Recurrent(new RecurrentOptions
        {
            Cell = new MinGruCell(),
            HiddenSizes = [16],
            DenseSizes = [8],
            Dropout = 0,
            Training = new() { Epochs = 12, Seed = 1, LearningRate = 0.01 },
        }).Fit(series.View(Ml));

        Assert.IsLessThan(0.02, series.MeanSquaredError(model), "noise alone has 0.0025, always the mean 0.5");
    }

    [TestMethod]
    public void A_cell_with_open_gates_is_the_mean_that_it_should_be()
    {
        // Zero gate weights: z = 1/2, h = (h + x) / 2 at each step.
        using var scope = TorchSharp.torch.NewDisposeScope();
        var cell = new MinGruCell();
        using var layer = cell.CreateLayer(1, 1, bidirectional: false);
        var weights = layer.Module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        TensorData.Write(weights["weight_ih"], [0, 1]);

        var (output, final) = layer.Forward(TorchSharp.torch.tensor(new float[] { 8, 4, 2 }, 3, 1, 1), lengths: null);

        Assert.AreSequenceEqual(new float[] { 4, 4, 3 }, TensorData.Read(output));
        Assert.AreSequenceEqual(new float[] { 3 }, TensorData.Read(final));
    }

    [TestMethod]
    public void Weights_that_cannot_be_are_refused()
    {
        Assert.Contains("[2, 3]", Assert.ThrowsExactly<ArgumentException>(() => new CellWeight("w", WeightInitialization.Orthogonal, 2, 3)).Message);
        Assert.Contains("needs two sizes", Assert.ThrowsExactly<ArgumentException>(() => new CellWeight("w", WeightInitialization.GlorotUniform, 2)).Message);
        Assert.Contains("at least 1", Assert.ThrowsExactly<ArgumentException>(() => new CellWeight("w", WeightInitialization.Zeros, 0)).Message);
    }

    internal static RecurrentCell Cell(string name) => name == "min-gru" ? new MinGruCell() : new PeepholeLstmCell();

    private static RecurrentOptions Options(string cell, bool bidirectional) =>
        Networks.Tiny with { Cell = Cell(cell), Bidirectional = bidirectional, HiddenSizes = [4, 3] };
}
