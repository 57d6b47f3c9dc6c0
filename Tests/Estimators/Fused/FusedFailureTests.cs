using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>What breaks off a backward pass does not end the process: libtorch gets no gradients, the caller the reason.</summary>
[TestClass]
public class FusedFailureTests
{
    [TestMethod]
    public void A_run_cannot_be_differentiated_twice()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture("lstm", 3, 5);
        var (output, _) = layer.Forward(fused: true, layer.Input(4, 2));
        output.backward([layer.OutputLike(4, 2)]);
        layer.Fused.ThrowIfFailed();
        float[][] once = Gradients(layer);

        output.backward([layer.OutputLike(4, 2)]);

        Fails.With<InvalidOperationException>(layer.Fused.ThrowIfFailed, "backward pass", "a second time");
        for (int i = 0; i < once.Length; i++)
            Assert.AreSequenceEqual(once[i], Gradients(layer)[i]);
    }

    [TestMethod]
    public void A_failure_in_the_kernels_reaches_the_caller_and_leaves_no_gradient()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture("gru", 3, 5, threads: 2);
        var input = layer.Input(4, 2);
        var (output, _) = layer.Forward(fused: true, input);
        layer.Threads.Dispose();

        output.sum().backward();

        var e = Assert.ThrowsExactly<InvalidOperationException>(layer.Fused.ThrowIfFailed);
        Assert.IsInstanceOfType<ObjectDisposedException>(e.InnerException);
        Assert.IsTrue(layer.Weights.Append(input).All(leaf => leaf.grad is null), "gradients");
        Assert.ThrowsExactly<InvalidOperationException>(() => layer.Fused.Forward(input, null, LayerResults.Final));
    }

    [TestMethod]
    public void A_batch_too_large_for_memory_of_one_array_is_refused_and_the_next_runs()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture("rnn", 1, 1);
        var large = torch.zeros(1, 1, 1).expand(30_000, 10_000, 1); // one value seen everywhere
        Fails.With<InvalidOperationException>(
            () => layer.Fused.Forward(large, null, LayerResults.Final), "more than fit into one array", "Training.BatchSize");
        var input = layer.Input(4, 2);
        torch.Tensor output = layer.OutputLike(4, 2), final = layer.FinalLike(2);
        var expected = layer.Run(fused: false, input, null, output, final);
        Assert.IsLessThan(1e-5, layer.Run(fused: true, input, null, output, final).DifferenceFrom(expected));
    }

    private static float[][] Gradients(FusedFixture layer) => [.. layer.Weights.Select(w => TensorData.Read(w.grad!))];
}
