using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Threads do not decide what comes out, a value that is no number stays in its sequence, and steps cost no garbage.</summary>
[TestClass]
[DoNotParallelize] // measures what is allocated
public class FusedDeterminismTests
{
    private const int Steps = 13;
    private const int Batch = 37;

    public static IEnumerable<object[]> Cells =>
        from cell in new[] { "lstm", "gru", "rnn", "rnn_relu" }
        from bidirectional in new[] { false, true }
        select new object[] { cell, bidirectional };

    [TestMethod, DynamicData(nameof(Cells))]
    public void Threads_give_the_same_bit_for_bit_each_time(string cell, bool bidirectional) =>
        Assert.AreEqual(Run(cell, bidirectional, threads: 3), Run(cell, bidirectional, threads: 3));

    [TestMethod, DynamicData(nameof(Cells))]
    public void Results_are_the_same_bit_for_bit_on_any_number_of_threads(string cell, bool bidirectional)
    {
        var one = Run(cell, bidirectional, threads: 1);
        foreach (int threads in new[] { 2, 3, 40 })
        {
            var several = Run(cell, bidirectional, threads);
            Assert.AreEqual(one with { Gradients = [] }, several with { Gradients = [] }, $"{threads} threads");
            Assert.IsLessThan(1e-5, several.DifferenceFrom(one), $"{threads} threads");
        }
    }

    [TestMethod, DynamicData(nameof(Cells))]
    public void What_is_no_number_in_one_sequence_reaches_no_other(string cell, bool bidirectional)
    {
        foreach (int bits in new[] { 256, 512 }.Where(bits => bits <= VectorWidths.Widest))
            CheckIsolation(cell, bidirectional, bits);
    }

    [TestMethod, DynamicData(nameof(Cells))]
    public void Steps_allocate_nothing(string cell, bool bidirectional)
    {
        using var outer = torch.NewDisposeScope();
        using var layer = new FusedFixture(cell, 6, 21, bidirectional);
        long Allocated(int steps)
        {
            using var scope = torch.NewDisposeScope();
            torch.Tensor input = layer.Input(steps, 4), gradient = layer.OutputLike(steps, 4);
            long before = GC.GetAllocatedBytesForCurrentThread();
            layer.Fused.Forward(input, null, LayerResults.Output).Output!.backward([gradient]);
            layer.Fused.ThrowIfFailed();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(200); // buffers grow
        Allocated(200);
        // The fewest of some: now and then a call grows a list of TorchSharp's or runs code that was compiled anew.
        long few = Enumerable.Range(0, 5).Min(_ => Allocated(20)), many = Enumerable.Range(0, 5).Min(_ => Allocated(200));
        Assert.IsLessThan(180 * 24 / 8, many - few, "the smallest object has 24 bytes: less than one in eight steps");
    }

    private static void CheckIsolation(string cell, bool bidirectional, int bits)
    {
        const int Sequence = 5;
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture(cell, 6, 21, bidirectional, threads: 2, bits);
        var input = layer.Input(Steps, Batch);
        var (cleanOutput, cleanFinal) = layer.Forward(fused: true, input);
        TensorData.Span(input)[(4 * Batch + Sequence) * 6 + 2] = float.NaN;
        var (output, final) = layer.Forward(fused: true, input);
        Assert.IsTrue(TensorData.Read(final.select(1, Sequence)).All(float.IsNaN), "final states of the sequence");
        Assert.IsTrue(TensorData.Read(output[4, Sequence]).All(float.IsNaN), "output at the step");
        foreach (int other in Enumerable.Range(0, Batch).Where(b => b != Sequence))
        {
            Assert.AreSequenceEqual(TensorData.Read(cleanFinal.select(1, other)), TensorData.Read(final.select(1, other)));
            Assert.AreSequenceEqual(TensorData.Read(cleanOutput.select(1, other)), TensorData.Read(output.select(1, other)));
        }

        final.square().sum().backward();
        layer.Fused.ThrowIfFailed();
        Assert.IsTrue(layer.Weights.All(w => TensorData.Read(w.grad!).Any(float.IsNaN)), "gradients of weights must tell of it");
        var gradient = input.grad!;
        Assert.IsFalse(TensorData.Read(gradient.select(1, Sequence + 1)).Any(float.IsNaN), "the gradient of another sequence");
    }

    private static LayerOutcome Run(string cell, bool bidirectional, int threads)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture(cell, 6, 21, bidirectional, threads);
        var lengths = torch.tensor([.. Enumerable.Range(0, Batch).Select(_ => layer.Random.NextInt64(1, Steps + 1))]);
        return layer.Run(fused: true, layer.Input(Steps, Batch), lengths, layer.OutputLike(Steps, Batch), layer.FinalLike(Batch));
    }
}
