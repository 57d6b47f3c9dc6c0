using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Each readout against sums written out by hand, in double precision, and its gradients against finite differences.</summary>
[TestClass]
public class ReadoutTests
{
    private const int Steps = 5;
    private const int Size = 3;

    private static readonly long[] Lengths = [5, 3, 1, 4];

    public static IEnumerable<object[]> Readouts =>
        from readout in Enum.GetValues<SequenceReadout>()
        where readout != SequenceReadout.Last // which the recurrent layer gives
        from ragged in new[] { false, true }
        select new object[] { readout, ragged };

    [TestMethod, DynamicData(nameof(Readouts))]
    public void It_is_what_its_definition_says_whatever_the_padding_holds(SequenceReadout readout, bool ragged)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        using var layer = Create(readout);
        float[] values = Values(ragged, float.NaN);

        float[] actual = TensorData.Read(layer.Forward(Tensor(values), ragged ? torch.tensor(Lengths) : null));

        for (int b = 0; b < Lengths.Length; b++)
        {
            double[] expected = Defined(readout, layer, Sequence(values, b, ragged ? Lengths[b] : Steps));
            for (int i = 0; i < Size; i++)
                Assert.AreEqual(expected[i], actual[(b * Size) + i], 1e-6, $"sequence {b}, value {i}");
        }
    }

    [TestMethod, DynamicData(nameof(Readouts))]
    public void Its_gradients_are_finite_differences_and_none_at_padding(SequenceReadout readout, bool ragged)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = Create(readout);
        var factors = torch.tensor([.. Enumerable.Range(0, Lengths.Length * Size).Select(i => (float)Math.Cos(i))], Lengths.Length, Size);
        var lengths = ragged ? torch.tensor(Lengths) : null;
        var x = Tensor(Values(ragged, float.NaN)).requires_grad_();
        (layer.Forward(x, lengths) * factors).sum().backward();

        float[] gradient = TensorData.Read(x.grad!);
        for (int i = 0; i < gradient.Length; i++)
        {
            bool isPadding = ragged && i / (Lengths.Length * Size) >= Lengths[i / Size % Lengths.Length];
            Assert.AreEqual(isPadding ? 0 : Slope(x, i), gradient[i], isPadding ? 0 : 2e-3, $"value {i}");
        }
        foreach (var (name, parameter) in layer.Parameters)
        {
            float[] of = TensorData.Read(parameter.grad!);
            for (int i = 0; i < of.Length; i++)
                Assert.AreEqual(Slope(parameter, i), of[i], 2e-3, $"{name}, value {i}");
        }

        double Slope(torch.Tensor at, int index)
        {
            using var guard = torch.no_grad();
            double Loss(float change)
            {
                float[] shifted = TensorData.Read(at);
                float[] before = [.. shifted];
                shifted[index] += change;
                TensorData.Write(at, shifted);
                double loss = (layer.Forward(x, lengths) * factors).sum().item<float>();
                TensorData.Write(at, before);
                return loss;
            }
            return (Loss(1e-2f) - Loss(-1e-2f)) / 2e-2;
        }
    }

    [TestMethod, DynamicData(nameof(Readouts))]
    public void Its_graph_gives_the_same_whatever_the_padding_holds(SequenceReadout readout, bool ragged)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        using var layer = Create(readout);
        float[] values = Values(ragged, float.NaN);
        var graph = new OnnxGraphBuilder();
        string x = graph.Input("x", "steps", "batch", Size);
        string? lengths = ragged ? graph.Node("Cast", [graph.Integers(Lengths)], ("to", (int)OnnxElementType.Int32)) : null;
        var (output, weights) = layer.EmitOnnx(graph, x, lengths);
        graph.Output("y", output, "batch", Size);
        if (weights is not null)
            graph.Output("weights", weights, "steps", "batch", 1);

        float[][] actual = OnnxRun.Run(graph, values, Steps, Lengths.Length, Size);

        Assert.IsLessThan(1e-6, Difference.Max(TensorData.Read(layer.Forward(Tensor(values), ragged ? torch.tensor(Lengths) : null)), actual[0]));
        Assert.AreEqual(readout == SequenceReadout.Attention, weights is not null);
        for (int b = 0; weights is not null && b < Lengths.Length; b++)
        {
            long steps = ragged ? Lengths[b] : Steps;
            double[] expected = Weights(layer, Sequence(values, b, steps));
            for (int t = 0; t < Steps; t++)
                Assert.AreEqual(t < steps ? expected[t] : 0, actual[1][(t * Lengths.Length) + b], t < steps ? 1e-6 : 0);
        }
    }

    [TestMethod]
    [DataRow(null, 3)]
    [DataRow(7, 7)]
    public void Attention_has_the_size_asked_for_or_that_of_what_it_reads(int? asked, int expected)
    {
        using var layer = ReadoutLayer.Create(new() { Readout = SequenceReadout.Attention, AttentionSize = asked }, Size, new Random(1));

        Assert.AreSequenceEqual(["attention.weight", "attention.bias", "attention.score"], layer.Parameters.Select(p => p.Name));
        Assert.AreSequenceEqual([expected, Size], layer.Parameters.First().Value.shape);
        Assert.AreSequenceEqual([1L, expected], layer.Parameters.Last().Value.shape);
        Assert.AreSequenceEqual(new float[expected], TensorData.Read(layer.Parameters.ElementAt(1).Value), "biases start at 0");
    }

    [TestMethod]
    public void Very_large_scores_do_not_overflow()
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        using var layer = Create(SequenceReadout.Attention);
        layer.Parameters.Last().Value.mul_(1e4f);

        float[] actual = TensorData.Read(layer.Forward(Tensor(Values(ragged: true, 0)), torch.tensor(Lengths)));

        Assert.IsTrue(actual.All(float.IsFinite));
    }

    private static ReadoutLayer Create(SequenceReadout readout)
    {
        var random = new Random(3);
        var layer = ReadoutLayer.Create(new() { Readout = readout, AttentionSize = 4 }, Size, random);
        foreach (var (_, value) in layer.Parameters) // biases, too
            TensorData.Write(value, [.. Enumerable.Range(0, (int)value.numel()).Select(_ => random.NextSingle() * 4 - 2)]);
        return layer;
    }

    private static double[] Defined(SequenceReadout readout, ReadoutLayer layer, double[][] steps)
    {
        double[] weights = readout == SequenceReadout.Attention ? Weights(layer, steps) : [.. steps.Select(_ => 1.0 / steps.Length)];
        return [.. Enumerable.Range(0, Size).Select(i => readout == SequenceReadout.Max
            ? steps.Max(step => step[i])
            : steps.Zip(weights, (step, weight) => weight * step[i]).Sum())];
    }

    // softmax over the steps of v · tanh(W h + b)
    private static double[] Weights(ReadoutLayer layer, double[][] steps)
    {
        float[][] p = [.. layer.Parameters.Select(parameter => TensorData.Read(parameter.Value))];
        double Score(double[] step) => Enumerable.Range(0, p[1].Length).Sum(
            a => p[2][a] * Math.Tanh(p[1][a] + Enumerable.Range(0, Size).Sum(i => p[0][(a * Size) + i] * step[i])));
        double[] raised = [.. steps.Select(step => Math.Exp(Score(step)))];
        return [.. raised.Select(r => r / raised.Sum())];
    }

    private static double[][] Sequence(float[] values, int b, long steps) =>
        [.. Enumerable.Range(0, (int)steps).Select(t => Enumerable.Range(0, Size).Select(i => (double)values[(((t * Lengths.Length) + b) * Size) + i]).ToArray())];

    private static torch.Tensor Tensor(float[] values) => torch.tensor(values, Steps, Lengths.Length, Size);

    // [steps, batch, size]
    private static float[] Values(bool ragged, float padding) => [.. Enumerable.Range(0, Steps * Lengths.Length * Size).Select(i =>
        ragged && i / (Lengths.Length * Size) >= Lengths[i / Size % Lengths.Length] ? padding : 2 * (float)Math.Sin(1 + (3 * i)))];
}
