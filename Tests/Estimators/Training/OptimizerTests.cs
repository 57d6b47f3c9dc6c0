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
    public void Weights_equal_those_of_torchs_optimizer(Optimizer kind, double? clipNorm)
    {
        using var scope = torch.NewDisposeScope();
        var options = new TrainingOptions { Optimizer = kind, GradientClipNorm = clipNorm, LearningRate = 0.01 };
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
