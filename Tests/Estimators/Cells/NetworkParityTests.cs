using CsCheck;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Whole networks of random shape give the same in torch and in ONNX Runtime.</summary>
[TestClass]
public class NetworkParityTests
{
    private const int Networks = 120;

    private static readonly RecurrentCell[] Cells =
        [RecurrentCell.Rnn, RecurrentCell.RnnRelu, RecurrentCell.Lstm, RecurrentCell.Gru, new MinGruCell(), new PeepholeLstmCell()];

    private static readonly Gen<Shape> Shapes = Gen.Select(
        Gen.OneOf(Cells), Gen.Bool,
        Gen.Int[1, 24].Array[1, 3], Gen.Int[1, 12].Array[0, 2],
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 5], Gen.Int[1, 9], Gen.Int[1, 4]), Gen.Select(Gen.Bool, Gen.Bool),
        Gen.Select(Gen.Enum<SequenceReadout>(), Gen.Int[0, 12].Select(size => size == 0 ? (int?)null : size))).Select(
        (cell, bidirectional, hidden, dense, sizes, forms, readout) =>
            new Shape(cell, bidirectional, hidden, dense, sizes.Item1, sizes.Item2, sizes.Item3, sizes.Item4, forms.Item1, forms.Item2, readout.Item1, readout.Item2));

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Onnx_equals_torch_for_random_networks()
    {
        var seeds = new PCG(1, 2024); // the same networks in every run
        double largest = 0;
        for (int i = 0; i < Networks; i++)
        {
            var shape = Shapes.Generate(seeds, null, out _);
            double difference = Compare(shape, seed: i);
            largest = Math.Max(largest, difference);
            Assert.IsLessThan(1e-5, difference, shape.ToString());
        }
        TestContext.WriteLine($"largest difference over {Networks} networks: {largest:g3}");
    }

    private static double Compare(Shape shape, int seed)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        var options = new RecurrentOptions
        {
            Cell = shape.Cell,
            Bidirectional = shape.Bidirectional,
            HiddenSizes = [.. shape.Hidden],
            DenseSizes = [.. shape.Dense],
            LayerNormalization = shape.Normalized,
            Readout = shape.Readout,
            AttentionSize = shape.AttentionSize,
        };
        var random = new Random(seed);
        using var network = new RecurrentNetwork(options, shape.Features, shape.Outputs, random);
        foreach (var (_, value) in network.Parameters.Where(IsConstantWhenFresh))
            TensorData.Write(value, Values(random, (int)value.numel())); // fresh ones are 0 or 1 and would hide a mistake in their order

        float[] input = Values(random, shape.Steps * shape.Batch * shape.Features);
        long[]? lengths = shape.OwnLengths ? [.. Enumerable.Range(0, shape.Batch).Select(_ => (long)random.Next(1, shape.Steps + 1))] : null;
        var expected = network.Forward(
            torch.tensor(input, shape.Steps, shape.Batch, shape.Features), lengths is null ? null : torch.tensor(lengths), dropout: null);
        var graph = new OnnxGraphBuilder();
        string? steps = lengths is null ? null : graph.Node("Cast", [graph.Integers(lengths)], ("to", (int)OnnxElementType.Int32));
        graph.Output("y", network.EmitOnnx(graph, graph.Input("x", "steps", "batch", shape.Features), steps), "batch", shape.Outputs);
        double size = Math.Max(1, expected.abs().max().item<float>()); // untrained ReLU cells can give large values, and round accordingly
        return Difference.Max(TensorData.Read(expected), OnnxRun.Run(graph, input, shape.Steps, shape.Batch, shape.Features)[0]) / size;
    }

    private static bool IsConstantWhenFresh((string Name, TorchSharp.Modules.Parameter Value) parameter) =>
        parameter.Name.Contains("bias", StringComparison.Ordinal) || parameter.Name.StartsWith("norm", StringComparison.Ordinal);

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];

    private sealed record Shape(
        RecurrentCell Cell, bool Bidirectional, int[] Hidden, int[] Dense, int Steps, int Features, int Batch, int Outputs, bool Normalized,
        bool OwnLengths, SequenceReadout Readout, int? AttentionSize)
    {
        public override string ToString() =>
            $"{Cell}{(Bidirectional ? " bidirectional" : "")} hidden [{string.Join(", ", Hidden)}] dense [{string.Join(", ", Dense)}], {Steps} steps × {Features} features, batch {Batch}, {Outputs} outputs{(Normalized ? ", normalised" : "")}{(OwnLengths ? ", own lengths" : "")}, readout {Readout} {AttentionSize}";
    }
}
