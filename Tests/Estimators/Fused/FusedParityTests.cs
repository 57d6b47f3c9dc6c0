using CsCheck;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Layers of random shape give by our own kernels what they give by libtorch.</summary>
[TestClass]
public class FusedParityTests
{
    private const int Layers = 60;

    private static readonly Gen<Shape> Shapes = Gen.Select(
        Gen.OneOf("lstm", "gru", "rnn", "rnn_relu"), Gen.Bool,
        Gen.Select(Gen.Int[1, 24], Gen.Int[1, 40]), Gen.Select(Gen.Int[1, 70], Gen.Int[1, 70]), Gen.Int[1, 4],
        Gen.OneOf(Lengths.Whole, Lengths.Own, Lengths.One, Lengths.Short)).Select(
        (cell, bidirectional, sequences, sizes, threads, lengths) =>
            new Shape(cell, bidirectional, sequences.Item1, sequences.Item2, sizes.Item1, sizes.Item2, threads, lengths));

    public TestContext TestContext { get; set; } = null!;

    private enum Lengths
    {
        Whole,
        Own,
        One,
        Short, // of all the padded steps
    }

    [TestMethod]
    [DataRow(256)]
    [DataRow(512)]
    public void Results_and_gradients_equal_libtorchs_for_random_layers(int bits)
    {
        VectorWidths.Require(bits);
        var seeds = new PCG(1, 2026); // the same layers in every run
        double largest = 0;
        for (int i = 0; i < Layers; i++)
        {
            var shape = Shapes.Generate(seeds, null, out _);
            double difference = Compare(shape, bits, seed: i);
            largest = Math.Max(largest, difference);
            Assert.IsLessThan(1e-5, difference, shape.ToString());
        }
        TestContext.WriteLine($"largest difference over {Layers} layers: {largest:g3}");
    }

    private static double Compare(Shape shape, int bits, int seed)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new FusedFixture(shape.Cell, shape.Inputs, shape.Hidden, shape.Bidirectional, shape.Threads, bits, seed);
        long[]? own = shape.Draw(layer.Random);
        var lengths = own is null ? null : torch.tensor(own);
        var input = layer.Input(shape.Steps, shape.Batch);
        torch.Tensor output = layer.OutputLike(shape.Steps, shape.Batch), final = layer.FinalLike(shape.Batch);
        var expected = layer.Run(fused: false, input, lengths, output, final);
        var fused = layer.Run(fused: true, input, lengths, output, final);

        using (torch.no_grad())
        {
            var (plainOutput, plainFinal) = layer.Forward(fused: true, input, lengths);
            Assert.AreSequenceEqual(fused.Results[0], TensorData.Read(plainOutput), $"{shape}: output without gradients");
            Assert.AreSequenceEqual(fused.Results[1], TensorData.Read(plainFinal), $"{shape}: final states without gradients");
        }
        if (own is not null)
        {
            Spoil(input, own);
            Spoil(output, own);
            var spoilt = layer.Run(fused: true, input, lengths, output, final);
            Assert.AreEqual(fused, spoilt, $"{shape}: padding that is no number");
        }
        return fused.DifferenceFrom(expected);
    }

    // NaN past each sequence's length, in [steps, batch, size]
    private static void Spoil(torch.Tensor tensor, long[] lengths)
    {
        var values = TensorData.Span(tensor);
        int size = (int)tensor.shape[2], row = lengths.Length * size;
        for (int sequence = 0; sequence < lengths.Length; sequence++)
        {
            for (int step = (int)lengths[sequence]; step < tensor.shape[0]; step++)
                values.Slice(step * row + sequence * size, size).Fill(float.NaN);
        }
    }

    private sealed record Shape(
        string Cell, bool Bidirectional, int Steps, int Batch, int Inputs, int Hidden, int Threads, Lengths Lengths)
    {
        public long[]? Draw(Random random) => Lengths == Lengths.Whole
            ? null
            : [.. Enumerable.Range(0, Batch).Select(_ => Lengths switch
            {
                Lengths.Own => random.NextInt64(1, Steps + 1),
                Lengths.Short => random.NextInt64(1, Math.Max(2, Steps)),
                _ => 1,
            })];
    }
}
