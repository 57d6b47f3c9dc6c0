using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>However a layer stands in torch's graph, its gradients are libtorch's.</summary>
[TestClass]
[DoNotParallelize] // counts the process's tensors
public class FusedGraphTests
{
    private const int Steps = 7;
    private const int Batch = 9;

    public static IEnumerable<object[]> Cells => [["lstm"], ["gru"], ["rnn"], ["rnn_relu"]];

    [TestMethod, DynamicData(nameof(Cells))]
    public void Two_runs_may_come_before_their_backward_passes(string cell)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture(cell, 5, 19, bidirectional: true, threads: 2);
        torch.Tensor first = layer.Input(Steps, Batch), second = layer.Input(3, 20);
        torch.Tensor firstGradient = layer.OutputLike(Steps, Batch), secondGradient = layer.OutputLike(3, 20);
        Compare(layer, fused =>
        {
            var (a, _) = layer.Forward(fused, first);
            var (b, _) = layer.Forward(fused, second);
            return layer.Outcome(
                () =>
                {
                    a.backward([firstGradient]);
                    b.backward([secondGradient]);
                },
                [a, b], [first, second]);
        });
    }

    [TestMethod, DynamicData(nameof(Cells))]
    public void Uses_of_a_layer_twice_in_one_loss_sum_its_gradients(string cell)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture(cell, 6, 6);
        var input = layer.Input(Steps, Batch);
        torch.Tensor inner = layer.OutputLike(Steps, Batch), outer = layer.FinalLike(Batch);
        Compare(layer, fused =>
        {
            var (once, _) = layer.Forward(fused, input);
            var (_, twice) = layer.Forward(fused, once); // its own output is its input
            return layer.Outcome(() => ((once * inner).sum() + (twice * outer).square().sum()).backward(), [once, twice], [input]);
        });
    }

    [TestMethod, DynamicData(nameof(Cells))]
    public void Gradients_add_up_until_they_are_cleared(string cell)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture(cell, 3, 5);
        torch.Tensor[] inputs = [layer.Input(4, 3), layer.Input(2, 6), layer.Input(4, 3)];
        Compare(layer, fused => layer.Outcome(
            () =>
            {
                foreach (var input in inputs)
                    layer.Forward(fused, input).Output.square().sum().backward();
            },
            [], inputs));
    }

    [TestMethod, DynamicData(nameof(Cells))]
    public void Batches_of_changing_size_and_length_do_not_disturb_each_other(string cell)
    {
        using var layer = new FusedFixture(cell, 10, 33, bidirectional: true, threads: 2);
        foreach (var (steps, batch, ragged) in new[] { (4, 3, false), (12, 30, true), (2, 1, true), (12, 30, false), (1, 40, false), (4, 3, true) })
        {
            using var scope = torch.NewDisposeScope();
            var lengths = ragged ? torch.tensor([.. Enumerable.Range(0, batch).Select(_ => layer.Random.NextInt64(1, steps + 1))]) : null;
            var input = layer.Input(steps, batch);
            torch.Tensor output = layer.OutputLike(steps, batch), final = layer.FinalLike(batch);
            Compare(layer, fused => layer.Run(fused, input, lengths, output, final));
        }
    }

    [TestMethod]
    public void An_input_need_not_be_contiguous()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture("lstm", 4, 10);
        var batchFirst = layer.Tensor(Batch, Steps, 8).requires_grad_();
        var gradient = layer.OutputLike(Steps, Batch);
        Compare(layer, fused =>
        {
            var (output, _) = layer.Forward(fused, batchFirst.transpose(0, 1).slice(2, 0, 8, 2)); // every other feature
            return layer.Outcome(() => output.backward([gradient]), [output], [batchFirst]);
        });
    }

    [TestMethod]
    public void An_input_need_not_require_a_gradient()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture("gru", 4, 10);
        var input = layer.Input(Steps, Batch, requiresGradient: false);
        torch.Tensor output = layer.OutputLike(Steps, Batch), final = layer.FinalLike(Batch);
        var outcome = Compare(layer, fused => layer.Run(fused, input, null, output, final));
        Assert.IsEmpty(outcome.Gradients[^1]);
        Assert.IsTrue(outcome.Gradients[..^1].All(g => g.Length > 0));
    }

    [TestMethod]
    [DataRow("weight_ih_l0")]
    [DataRow("weight_hh_l0")]
    [DataRow("bias_hh_l0")]
    public void A_weight_alone_may_be_frozen(string frozen)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture("lstm", 4, 10);
        layer.LibTorch.Module.named_parameters().Single(p => p.name == frozen).parameter.requires_grad_(false);
        var input = layer.Input(Steps, Batch, requiresGradient: false);
        torch.Tensor output = layer.OutputLike(Steps, Batch), final = layer.FinalLike(Batch);
        var outcome = Compare(layer, fused => layer.Run(fused, input, null, output, final));
        Assert.AreEqual(3, outcome.Gradients.Count(g => g.Length > 0));
    }

    [TestMethod]
    public void A_layer_may_be_frozen_as_a_whole()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture("gru", 4, 10);
        foreach (var weight in layer.Weights)
            weight.requires_grad_(false);
        var input = layer.Input(Steps, Batch);
        torch.Tensor output = layer.OutputLike(Steps, Batch), final = layer.FinalLike(Batch);
        var outcome = Compare(layer, fused => layer.Run(fused, input, null, output, final));
        Assert.IsTrue(outcome.Gradients[..^1].All(g => g.Length == 0), "gradients of weights that are frozen");
        Assert.IsNotEmpty(outcome.Gradients[^1]);
        var (plain, _) = layer.Forward(fused: true, input.detach());
        Assert.IsFalse(plain.requires_grad);
    }

    [TestMethod]
    public void The_gradient_of_the_output_may_be_expanded_or_transposed()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture("lstm", 4, 10, bidirectional: true);
        var input = layer.Input(Steps, Batch);
        Compare(layer, fused =>
        {
            var (output, _) = layer.Forward(fused, input);
            return layer.Outcome(() => output.sum().backward(), [], [input]); // one value seen everywhere
        });
        var transposed = layer.Tensor(20, Batch, Steps).permute(2, 1, 0);
        Compare(layer, fused =>
        {
            var (output, _) = layer.Forward(fused, input);
            return layer.Outcome(() => output.backward([transposed]), [], [input]);
        });
    }

    [TestMethod, DynamicData(nameof(Cells))]
    public void A_loss_may_depend_on_one_of_the_results(string cell)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture(cell, 4, 10, bidirectional: true);
        var input = layer.Input(Steps, Batch);
        torch.Tensor onOutput = layer.OutputLike(Steps, Batch), onFinal = layer.FinalLike(Batch);
        var output = Compare(layer, fused =>
        {
            var (result, _) = layer.Forward(fused, input);
            return layer.Outcome(() => result.backward([onOutput]), [], [input]);
        });
        var final = Compare(layer, fused =>
        {
            var (_, result) = layer.Forward(fused, input);
            return layer.Outcome(() => result.backward([onFinal]), [], [input]);
        });

        var (outputAlone, noFinal) = layer.Fused.Forward(input, null, LayerResults.Output);
        Assert.IsNull(noFinal);
        Assert.AreEqual(output, layer.Outcome(() => outputAlone!.backward([onOutput]), [], [input]));
        var (noOutput, finalAlone) = layer.Fused.Forward(input, null, LayerResults.Final);
        Assert.IsNull(noOutput);
        Assert.AreEqual(final, layer.Outcome(() => finalAlone!.backward([onFinal]), [], [input]));
    }

    [TestMethod]
    public void A_result_may_outlive_the_scope_that_it_was_made_in()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture("lstm", 4, 10);
        var input = layer.Input(Steps, Batch);
        Compare(layer, fused =>
        {
            torch.Tensor output;
            using (torch.NewDisposeScope())
                output = layer.Forward(fused, input.mul(2)).Output.MoveToOuterDisposeScope();
            return layer.Outcome(() => output.square().sum().backward(), [output], [input]);
        });
    }

    [TestMethod]
    public void Runs_without_a_backward_pass_leave_no_tensors()
    {
        NativeTensors.Collect();
        using var outer = torch.NewDisposeScope();
        using var layer = new FusedFixture("lstm", 4, 10);
        var input = layer.Input(Steps, Batch);
        void Run()
        {
            using var scope = torch.NewDisposeScope();
            layer.Forward(fused: true, input);
        }
        Run();
        long before = torch.Tensor.TotalCount;
        for (int i = 0; i < 200; i++)
            Run();
        Assert.AreEqual(before, torch.Tensor.TotalCount);
    }

    private static LayerOutcome Compare(FusedFixture layer, Func<bool, LayerOutcome> run)
    {
        var outcome = run(true);
        Assert.IsLessThan(1e-5, outcome.DifferenceFrom(run(false)));
        Assert.IsTrue(layer.Weights.Length > 0 && outcome.Gradients.Any(g => g.Any(value => value != 0)), "nothing was compared");
        return outcome;
    }
}
