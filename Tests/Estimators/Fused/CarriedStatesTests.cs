using CsCheck;
using MlNetRnn.Fused;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Sequences that are run part by part, each going on from the state after the one before.</summary>
[TestClass]
public class CarriedStatesTests
{
    private static readonly Gen<(string Cell, int Steps, int Batch, int Inputs, int Hidden, int Threads)> Shapes = Gen.Select(
        Gen.OneOf("lstm", "gru", "rnn", "rnn_relu"), Gen.Int[2, 12], Gen.Int[1, 30], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 3]);

    [TestMethod]
    [DataRow(256)]
    [DataRow(512)]
    public void Parts_give_what_the_whole_gives_and_gradients_of_a_part_equal_libtorchs(int bits)
    {
        VectorWidths.Require(bits);
        var seeds = new PCG(1, 2027); // the same layers in every run
        for (int i = 0; i < 40; i++)
        {
            var shape = Shapes.Generate(seeds, null, out _);
            using var scope = torch.NewDisposeScope();
            using var layer = new FusedFixture(shape.Cell, shape.Inputs, shape.Hidden, threads: shape.Threads, bits: bits, seed: i);
            int cut = 1 + layer.Random.Next(shape.Steps - 1);
            CheckWhole(layer, shape.Steps, shape.Batch, cut, shape.ToString());
            CheckGradients(layer, shape.Hidden, shape.Steps, shape.Batch, cut, shape.ToString());
        }
    }

    [TestMethod]
    public void Sequences_that_end_earlier_leave_the_others_as_they_are()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture("lstm", inputs: 3, hidden: 5);
        using var guard = torch.no_grad();
        var input = layer.Input(7, 4, requiresGradient: false);
        var whole = layer.Forward(fused: true, input).Output;                                       // [7, 4, 5]
        layer.Fused.Carried = new CarriedStates(5);
        layer.Fused.Carried.Begin(4);
        layer.Fused.Forward(input.narrow(0, 0, 4), torch.tensor(new long[] { 4, 4, 3, 1 }), LayerResults.Output);
        var second = layer.Fused.Forward(input.narrow(0, 4, 3).narrow(1, 0, 2), torch.tensor(new long[] { 3, 2 }), LayerResults.Output).Output!;

        Assert.AreSequenceEqual(TensorData.Read(whole.narrow(0, 4, 3).select(1, 0).contiguous()), TensorData.Read(second.select(1, 0).contiguous()));
        Assert.AreSequenceEqual(TensorData.Read(whole.narrow(0, 4, 2).select(1, 1).contiguous()), TensorData.Read(second.narrow(0, 0, 2).select(1, 1).contiguous()));
    }

    private static void CheckWhole(FusedFixture layer, int steps, int batch, int cut, string shape)
    {
        using var guard = torch.no_grad();
        var input = layer.Input(steps, batch, requiresGradient: false);
        layer.Fused.Carried = null;
        float[] whole = TensorData.Read(layer.Forward(fused: true, input).Output);
        layer.Fused.Carried = new CarriedStates((int)layer.OutputLike(1, 1).shape[2]);
        layer.Fused.Carried.Begin(batch);
        float[] parts =
        [
            .. TensorData.Read(layer.Forward(fused: true, input.narrow(0, 0, cut)).Output),
            .. TensorData.Read(layer.Forward(fused: true, input.narrow(0, cut, steps - cut)).Output),
        ];

        Assert.AreSequenceEqual(whole, parts, shape);
    }

    private static void CheckGradients(FusedFixture layer, int hidden, int steps, int batch, int cut, string shape)
    {
        torch.Tensor first = layer.Input(cut, batch, requiresGradient: false), second = layer.Input(steps - cut, batch);
        var gradient = layer.OutputLike(steps - cut, batch);
        LayerOutcome Run(bool fused)
        {
            var carried = new CarriedStates(hidden);
            carried.Begin(batch);
            if (fused)
                layer.Fused.Carried = carried;
            else
                ((GateLayer)layer.LibTorch).Carried = carried;
            using (torch.no_grad())
                layer.Forward(fused, first);
            var output = layer.Forward(fused, second).Output;
            var outcome = layer.Outcome(() => torch.autograd.backward([output], [gradient]), [output], [second]);
            return outcome with { Results = [.. outcome.Results, carried.Hidden(batch).ToArray(), carried.Cell(batch).ToArray()] };
        }

        Assert.IsLessThan(1e-5, Run(fused: true).DifferenceFrom(Run(fused: false)), shape);
    }
}
