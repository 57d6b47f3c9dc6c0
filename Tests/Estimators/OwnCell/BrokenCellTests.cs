using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Cells with a mistake are told of it before anything is trained, and never train on nonsense.</summary>
[TestClass]
public class BrokenCellTests
{
    private static readonly Examples Data = Examples.Random(40);

    [TestMethod]
    public void The_cell_that_the_others_are_made_of_works() => Fit(new BrokenCell(), bidirectional: true).Dispose();

    [TestMethod]
    public void A_cell_without_a_name_is_refused_and_does_not_end_the_process() => Fails.With<ArgumentException>(
        () => Fit(new BrokenCell { GivenName = null }), "Cell.Name is ''");

    [TestMethod]
    public void A_state_that_would_broadcast_over_the_batch_is_refused() => Fails.With<InvalidOperationException>(
        () => Fit(new BrokenCell { Step = (projected, state) => [(projected + state).tanh().mean([0], true)] }),
        "ForwardStep of cell 'broken' gave [1, 4], expected 1 (its States) of shape [8, 4], [batch, hiddenSize]");

    [TestMethod]
    public void A_state_of_another_size_is_refused() => Fails.With<InvalidOperationException>(
        () => Fit(new BrokenCell { Step = (projected, _) => [TorchSharp.torch.cat([projected, projected], 1)] }), "gave [8, 8], expected");

    [TestMethod]
    public void Steps_that_give_too_few_states_are_refused()
    {
        Fails.With<InvalidOperationException>(
            () => Fit(new BrokenCell { GivenStates = 2, Emit = (graph, projected, state) => [graph.Node("Add", [projected, state]), state] }),
            "ForwardStep of cell 'broken' gave [8, 4], expected 2 (its States)");
        Fails.With<InvalidOperationException>(
            () => Fit(new BrokenCell { GivenStates = 2 }), "EmitStep of cell 'broken' gave 1 values, expected 2, its States");
        Fails.With<InvalidOperationException>(() => Fit(new BrokenCell { GivenStates = 0 }), "has 0 States");
        Fails.With<InvalidOperationException>(() => Fit(new BrokenCell { Step = (_, _) => null! }), "gave null");
    }

    [TestMethod]
    public void Weights_of_one_name_are_refused()
    {
        Fails.With<InvalidOperationException>(
            () => Fit(new BrokenCell { MoreWeights = ["weight_ih"] }), "Cell 'broken' has two weights of the name 'weight_ih'");
        Fails.With<InvalidOperationException>(
            () => Fit(new BrokenCell { MoreWeights = ["weight_ih_reverse"] }, bidirectional: true),
            "two weights of the name 'weight_ih_reverse'", "'_reverse' behind it");
        Fit(new BrokenCell { MoreWeights = ["weight_ih_reverse"] }).Dispose();
    }

    [TestMethod]
    public void A_layer_whose_output_would_broadcast_is_refused() => Fails.With<InvalidOperationException>(
        () => Fit(new MeanCell()), "The final state of a layer of cell 'mean' is [1, 1, 2], expected [1, 8, 4], [directions, batch, hiddenSize]");

    [TestMethod]
    public void What_cannot_be_emitted_is_told_before_training()
    {
        var broken = new Dictionary<string, BrokenCell>
        {
            ["not yet"] = new() { Emit = (_, _, _) => throw new NotImplementedException("not yet") },
            ["Tanhh"] = new() { Emit = (graph, projected, _) => [graph.Node("Tanhh", [projected])] },
            ["nothing"] = new() { Emit = (graph, _, _) => [graph.Node("Tanh", ["nothing"])] },
        };
        foreach (var (part, cell) in broken)
        {
            int batches = 0;
            Fails.With<InvalidOperationException>(
                () => Fit(cell, callback: new ActionCallback(_ => batches++)), "cannot be written as ONNX, so that nothing was trained", part, "'broken'");
            Assert.AreEqual(0, batches, part);
        }
    }

    [TestMethod]
    public void A_form_that_computes_something_else_is_told_with_the_model()
    {
        var error = Assert.ThrowsExactly<RecurrentTrainingException>(
            () => Fit(new BrokenCell { Emit = (graph, projected, state) => [graph.Node("Add", [projected, state])] }));
        Assert.Contains("cell of your own", error.Message);
        Assert.IsNotNull(error.Transformer);
    }

    [TestMethod]
    public void A_cell_that_fails_late_does_not_lose_the_epochs_before()
    {
        int steps = 0, failing = -1;
        var thrown = new NotSupportedException("out of something");
        var cell = new BrokenCell { Step = (projected, state) => ++steps == failing ? throw thrown : [(projected + state).tanh()] };
        var error = Assert.ThrowsExactly<RecurrentTrainingException>(() => Fit(cell, callback: new ActionCallback(b => failing = b is { Epoch: 2, Batch: 2 } ? steps + 1 : failing)));
        Assert.AreSame(thrown, error.InnerException);
        Assert.Contains("Training broke off in epoch 2: NotSupportedException: out of something", error.Message);
        Assert.AreEqual(1, error.Transformer!.Model.Manifest.Training.BestEpoch);
    }

    private static SequenceTransformer Fit(RecurrentCell cell, bool bidirectional = false, TrainingCallback? callback = null)
    {
        var ml = new MLContext(1);
        var options = (Networks.Tiny with { Cell = cell, Bidirectional = bidirectional })
            .Train(t => t with { Callbacks = callback is null ? [] : [callback] });
        return ml.Regression.Trainers.Recurrent(options).Fit(Data.View(ml));
    }

    /// <summary>Gives the mean over the batch, in the width of the input.</summary>
    private sealed class MeanCell : RecurrentCell
    {
        public override string Name => "mean";

        public override RecurrentLayer CreateLayer(int inputSize, int hiddenSize, bool bidirectional) => new Layer(inputSize, hiddenSize);

        public override void Initialize(RecurrentLayer layer, Random random)
        {
        }

        public override (string Output, string Final) EmitOnnx(
            OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string? lengths)
        {
            string pair = graph.Node("ReduceMean", [input], ("axes", new long[] { 0 }), ("keepdims", 0)); // [B, 2]
            return (input, graph.Node("Concat", [pair, pair], ("axis", 1)));
        }

        private sealed class Layer(int inputSize, int hiddenSize)
            : RecurrentLayer(TorchSharp.torch.nn.Linear(1, 1), inputSize, hiddenSize, bidirectional: false)
        {
            public override (TorchSharp.torch.Tensor Output, TorchSharp.torch.Tensor Final) Forward(
                TorchSharp.torch.Tensor input, TorchSharp.torch.Tensor? lengths) =>
                (input.expand(-1, -1, -1).repeat(1, 1, HiddenSize / InputSize), input.mean([0, 1], keepdim: true));
        }
    }
}
