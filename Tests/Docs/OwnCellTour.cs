using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/own-cell.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass]
public sealed class OwnCellTour
{
    [TestMethod]
    public void The_tour_runs()
    {
        var ml = new MLContext(seed: 1);
        var rows = Enumerable.Range(0, 100).Select(t => new Row { Value = MathF.Sin(0.3f * t) });
        var series = ml.Data.LoadFromEnumerable(rows);
        var windows = ml.Transforms.SlidingWindow("Window", ["Value"], windowLength: 8).Fit(series).Transform(series);

        // DOCS
        var trainer = ml.Regression.Trainers.Recurrent("Label", "Window", new RecurrentOptions
        {
            Cell = new MinGruCell(),
            Bidirectional = true,
            HiddenSizes = [16],
            Training = new() { Epochs = 3, Seed = 1 },
        });
        var model = trainer.Fit(windows);
        Console.WriteLine($"largest difference from its ONNX graph: {model.Model.Manifest.Training.OnnxMaxAbsDiff:g2}");
        // END
        Assert.IsLessThan(1e-5, model.Model.Manifest.Training.OnnxMaxAbsDiff);
        Assert.AreEqual("min-gru", model.Model.Manifest.Network.Cell);
    }

    // DOCS
    public sealed class MinGruCell : StepwiseCell
    {
        public override string Name => "min-gru";

        public override IReadOnlyList<CellWeight> Weights(int inputSize, int hiddenSize) =>
        [
            new("weight_ih", WeightInitialization.GlorotUniform, 2 * hiddenSize, inputSize), // gate, then candidate
            new("bias_ih", WeightInitialization.Zeros, 2 * hiddenSize),
        ];

        // What does not depend on the state, for all steps in one product: [steps, batch, 2 × hidden]
        public override torch.Tensor ForwardInput(IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor input) =>
            torch.nn.functional.linear(input, weights["weight_ih"], weights["bias_ih"]);

        public override string EmitInput(OnnxGraphBuilder graph, IReadOnlyDictionary<string, string> weights, string input)
        {
            string product = graph.Node("MatMul", [input, graph.Node("Transpose", [weights["weight_ih"]], ("perm", new long[] { 1, 0 }))]);
            return graph.Node("Add", [product, weights["bias_ih"]]);
        }

        // One step: [batch, 2 × hidden] and the state [batch, hidden] to the next state
        public override torch.Tensor[] ForwardStep(
            IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor projected, torch.Tensor[] states)
        {
            var parts = projected.chunk(2, dim: 1);
            return [torch.lerp(states[0], parts[1], parts[0].sigmoid())];
        }

        public override string[] EmitStep(
            OnnxGraphBuilder graph, IReadOnlyDictionary<string, string> weights, string projected, string[] states)
        {
            string[] parts = graph.Nodes("Split", [projected], outputs: 2, ("axis", 1));
            string gate = graph.Node("Sigmoid", [parts[0]]);
            string change = graph.Node("Mul", [gate, graph.Node("Sub", [parts[1], states[0]])]);
            return [graph.Node("Add", [states[0], change])];
        }
    }
    // END

    private sealed class Row
    {
        public float Value { get; set; }
    }
}
