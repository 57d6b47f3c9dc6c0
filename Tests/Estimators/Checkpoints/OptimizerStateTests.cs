using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Tests;

/// <summary>An optimizer takes up what another one wrote, and goes on as that would.</summary>
[TestClass]
public class OptimizerStateTests
{
    public static IEnumerable<object[]> Optimizers =>
        from kind in Enum.GetValues<Optimizer>()
        from torchs in new[] { false, true }
        select new object[] { kind, torchs };

    [TestMethod, DynamicData(nameof(Optimizers))]
    public void Weights_go_on_as_if_nothing_had_been(Optimizer kind, bool torchs)
    {
        using var scope = torch.NewDisposeScope();
        Parameter[] unbroken = Weights(), other = Weights();
        using var first = Create(kind, torchs, unbroken);
        Steps(first, unbroken, 0, 3);
        using var second = Create(kind, torchs, other);
        for (int i = 0; i < other.Length; i++)
            TensorData.Write(other[i], TensorData.Read(unbroken[i]));
        float[] before = Values(unbroken);

        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        first.Write(writer);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        second.Read(reader);
        Assert.AreEqual(stream.Length, stream.Position, "all of it should be read");
        Steps(first, unbroken, 3, 6);
        Steps(second, other, 3, 6);

        Assert.AreSequenceEqual(Values(unbroken), Values(other));
        Assert.IsGreaterThan(1e-3, Difference.Max(before, Values(other)), "the weights should have moved");
        Assert.AreNotEqual(3f, TensorData.Read(other[0])[2], "a weight that was reached once decays from then on");
        Assert.AreEqual(7f, TensorData.Read(other[2])[0], "one that never was stays");
    }

    // The first weight is reached by the first steps only, the last one never.
    private static Parameter[] Weights() =>
        [new(torch.tensor(new[] { 1f, 2f, 3f })), new(torch.tensor(new[] { 4f, 5f, 6f, 7f, 8f })), new(torch.tensor(new[] { 7f }))];

    private static WeightOptimizer Create(Optimizer kind, bool torchs, Parameter[] weights)
    {
        var options = new TrainingOptions { Optimizer = kind, LearningRate = 0.01, WeightDecay = 0.3 };
        return torchs ? new TorchOptimizer(options, weights) : new CpuOptimizer(options, weights);
    }

    private static void Steps(WeightOptimizer optimizer, Parameter[] weights, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            optimizer.ZeroGradients();
            var loss = (weights[1] - step).pow(3).sum();
            (step < 3 ? loss + weights[0].square().sum() : loss).backward();
            optimizer.Step();
        }
    }

    private static float[] Values(Parameter[] weights) => [.. weights.SelectMany(w => TensorData.Read(w))];
}
