using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Tests;

/// <summary>The optimizer over flat vectors moves weights as torch's own does.</summary>
[TestClass]
public class OptimizerTests
{
    private const int Steps = 12;

    [TestMethod]
    [DataRow(Optimizer.Adam, null)]
    [DataRow(Optimizer.AdamW, null)]
    [DataRow(Optimizer.RmsProp, null)]
    [DataRow(Optimizer.Sgd, null)]
    [DataRow(Optimizer.Adam, 0.5)]
    [DataRow(Optimizer.AdamW, 0.5)]
    [DataRow(Optimizer.RmsProp, 0.5)]
    [DataRow(Optimizer.Sgd, 0.5)]
    [DataRow(Optimizer.Adam, null, 0.1)]
    [DataRow(Optimizer.AdamW, null, 0.1)]
    [DataRow(Optimizer.AdamW, null, 0.0)]
    [DataRow(Optimizer.RmsProp, null, 0.1)]
    [DataRow(Optimizer.Sgd, null, 0.1)]
    [DataRow(Optimizer.Adam, 0.5, 0.1)]
    [DataRow(Optimizer.AdamW, 0.5, 0.1)]
    [DataRow(Optimizer.RmsProp, 0.5, 0.1)]
    [DataRow(Optimizer.Sgd, 0.5, 0.1)]
    public void Weights_equal_those_of_torchs_optimizer(Optimizer kind, double? clipNorm, double? decay = null)
    {
        using var scope = torch.NewDisposeScope();
        var options = new TrainingOptions { Optimizer = kind, GradientClipNorm = clipNorm, LearningRate = 0.01, WeightDecay = decay };
        using RecurrentNetwork ours = Network(), theirs = Network();
        float[] before = Weights(ours);
        using var cpu = new CpuOptimizer(options, [.. ours.Parameters.Select(p => p.Value)]);
        using var reference = new TorchOptimizer(options, [.. theirs.Parameters.Select(p => p.Value)]);
        var x = torch.tensor([.. Enumerable.Range(0, 5 * 6 * 2).Select(i => (float)Math.Sin(i))], 5, 6, 2); // [T, B, F]
        for (int step = 0; step < Steps; step++)
        {
            if (step == Steps / 2)
                cpu.LearningRate = reference.LearningRate = 0.003;
            var gradients = Backward(theirs, reference, x, step, null);
            Backward(ours, cpu, x, step, gradients);
            cpu.Step();
            reference.Step();
        }
        Assert.IsLessThan(2e-6, Difference.Max(Weights(theirs), Weights(ours)));
        Assert.IsGreaterThan(1e-3, Difference.Max(before, Weights(ours)), "the weights should have moved");
    }

    [TestMethod]
    public void Clipping_limits_the_length_of_a_step()
    {
        using var scope = torch.NewDisposeScope();
        using var network = Network();
        float[] before = Weights(network);
        using var optimizer = new CpuOptimizer(
            new() { Optimizer = Optimizer.Sgd, GradientClipNorm = 0.25, LearningRate = 1 }, [.. network.Parameters.Select(p => p.Value)]);
        Backward(network, optimizer, torch.ones(5, 6, 2), 0, null);
        optimizer.Step();
        double length = Math.Sqrt(before.Zip(Weights(network), (a, b) => Math.Pow(a - b, 2)).Sum());
        Assert.AreEqual(0.25, length, 1e-5);
    }

    // One step, computed by hand. SGD: w - r (g + d w). AdamW's first step goes by r in the gradient's direction: w (1 - r d) - r sign(g).
    [TestMethod]
    [DataRow(Optimizer.Sgd)]
    [DataRow(Optimizer.AdamW)]
    public void Weight_decay_pulls_weights_towards_zero(Optimizer kind)
    {
        const double Rate = 0.01, Decay = 0.2;
        using var scope = torch.NewDisposeScope();
        using var network = Network();
        float[] before = Weights(network);
        using var optimizer = new CpuOptimizer(
            new() { Optimizer = kind, GradientClipNorm = null, LearningRate = Rate, WeightDecay = Decay }, [.. network.Parameters.Select(p => p.Value)]);
        float[] gradients = [.. Backward(network, optimizer, torch.ones(5, 6, 2), 0, null).SelectMany(g => g)];
        optimizer.Step();
        float[] expected = [.. before.Zip(gradients, (w, g) => (float)(kind == Optimizer.Sgd
            ? w - Rate * (g + Decay * w)
            : w * (1 - Rate * Decay) - Rate * g / (Math.Abs(g) + 1e-8)))];
        Assert.IsLessThan(2e-6, Difference.Max(expected, Weights(network)));
    }

    // A cell may have weights that the loss does not reach, always or at first: the others are trained all the same.
    [TestMethod]
    public void Weights_without_a_gradient_are_left_alone()
    {
        using var scope = torch.NewDisposeScope();
        var options = new TrainingOptions { Optimizer = Optimizer.AdamW, LearningRate = 0.01, WeightDecay = 0.5 };
        Parameter[] Pair() => [new(torch.tensor(new[] { 1f, 2f, 3f })), new(torch.tensor(new[] { 4f, 5f }))];
        Parameter[] ours = Pair(), theirs = Pair();
        using var cpu = new CpuOptimizer(options, ours);
        using var reference = new TorchOptimizer(options, theirs);
        for (int step = 0; step < 6; step++)
        {
            foreach (var (optimizer, weights) in new (WeightOptimizer, Parameter[])[] { (cpu, ours), (reference, theirs) })
            {
                optimizer.ZeroGradients();
                var loss = weights[1].square().sum();
                (step < 3 ? loss : loss + weights[0].pow(3).sum()).backward();
                optimizer.Step();
            }
            if (step == 2)
                Assert.AreSequenceEqual([1f, 2f, 3f], TensorData.Read(ours[0]));
            Assert.IsLessThan(5f, TensorData.Read(ours[1])[1]);
        }
        Assert.IsLessThan(3f, TensorData.Read(ours[0])[2], "reached from the fourth step on");
        Assert.IsLessThan(2e-5, Difference.Max(theirs[1], ours[1])); // of weights around 5
    }

    private static RecurrentNetwork Network() => new(
        new() { HiddenSizes = [3], DenseSizes = [2], Bidirectional = true }, features: 2, outputs: 1, new Random(5));

    // Gradients computed in each network, or those given: rounding in the forward pass must not hide what the optimizer does.
    private static float[][] Backward(RecurrentNetwork network, WeightOptimizer optimizer, torch.Tensor x, int step, float[][]? given)
    {
        using var scope = torch.NewDisposeScope();
        optimizer.ZeroGradients();
        (network.Forward(x, lengths: null, dropout: null) - (10 + step)).square().sum().backward();
        Parameter[] parameters = [.. network.Parameters.Select(p => p.Value)];
        for (int i = 0; given is not null && i < parameters.Length; i++)
            TensorData.Write(parameters[i].grad!, given[i]);
        return [.. parameters.Select(p => TensorData.Read(p.grad!))];
    }

    private static float[] Weights(RecurrentNetwork network) => [.. network.Parameters.SelectMany(p => TensorData.Read(p.Value))];
}
