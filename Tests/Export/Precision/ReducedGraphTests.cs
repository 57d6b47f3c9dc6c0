using CsCheck;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MlNetRnn.Onnx;

namespace MlNetRnn.Tests;

/// <summary>Graphs in reduced precision give nearly what they gave, whatever the network.</summary>
[TestClass]
public sealed class ReducedGraphTests
{
    private const int Outputs = 4;

    private static readonly Gen<(int Cell, bool Bidirectional, int[] Hidden, int Features, int Steps, bool Ragged, bool Normalized)> Shapes =
        Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Int[16, 40].Array[1, 3], Gen.Int[1, 20], Gen.Int[2, 9], Gen.Bool, Gen.Bool);

    // Root mean square difference, as a share of the outputs' root mean square.
    private static readonly (OnnxPrecision Precision, double Limit)[] Limits = [(OnnxPrecision.Float16Weights, 5e-3), (OnnxPrecision.Int8, 0.04)];

    [TestMethod]
    public void They_give_nearly_the_same() => Shapes.Sample(shape =>
    {
        const int Batch = 16;
        var exact = Emit(shape, out var cell);
        float[] expected = Run(exact, shape.Steps, Batch, shape.Features, shape.Ragged);
        double size = RootMeanSquare([.. expected.Select(v => (double)v)]);
        foreach (var (precision, limit) in Limits)
        {
            var reduced = Reduce(exact, precision);

            Assert.IsLessThan(exact.CalculateSize(), reduced.CalculateSize());
            Assert.AreEqual(precision == OnnxPrecision.Int8 && cell == RecurrentCell.Lstm, ReducedModels.Operators(reduced.Graph).Contains("DynamicQuantizeLSTM"));
            double difference = RootMeanSquare([.. Run(reduced, shape.Steps, Batch, shape.Features, shape.Ragged).Zip(expected, (a, b) => (double)a - b)]);
            Assert.IsLessThan(limit * size, difference, $"{precision} {cell}");
        }
    }, iter: 60, threads: 1);

    [TestMethod]
    public void A_sequence_in_8_bits_does_not_depend_on_the_batch() => Shapes.Sample(shape =>
    {
        const int Batch = 5;
        var reduced = Reduce(Emit(shape with { Cell = 0 }, out _), OnnxPrecision.Int8);

        float[] together = Run(reduced, shape.Steps, Batch, shape.Features, shape.Ragged);

        for (int b = 0; b < Batch; b++)
        {
            float[] alone = Run(reduced, shape.Steps, Batch, shape.Features, shape.Ragged, only: b);
            for (int i = 0; i < Outputs; i++)
                Assert.AreEqual(alone[i], together[b * Outputs + i], 1e-6f * Math.Max(1, Math.Abs(alone[i])));
        }
    }, iter: 40, threads: 1);

    [TestMethod]
    public void The_operator_alone_would_depend_on_the_batch()
    {
        // What the scan is for: were the operator given the whole batch, this difference would be in every prediction.
        var shape = (Cell: 0, Bidirectional: false, Hidden: new[] { 32 }, Features: 2, Steps: 6, Ragged: false, Normalized: false);
        var reduced = Reduce(Emit(shape, out _), OnnxPrecision.Int8);
        var scan = reduced.Graph.Node.Single(n => n.OpType == "Scan");
        var inner = scan.Attribute.Single(a => a.Name == "body").G.Node.Single(n => n.OpType == "DynamicQuantizeLSTM").Clone();
        inner.Input[0] = scan.Input[0];
        inner.Output.Clear();
        inner.Output.Add(["", scan.Output[0]]); // the final state
        reduced.Graph.Node[reduced.Graph.Node.IndexOf(scan)] = inner;

        float[] together = Run(reduced, 6, 5, 2, ragged: false), alone = Run(reduced, 6, 5, 2, ragged: false, only: 0);

        Assert.IsGreaterThan(1e-5, RootMeanSquare([.. alone.Zip(together, (a, b) => (double)a - b)]));
    }

    [TestMethod]
    public void Stored_values_are_the_nearest_there_are()
    {
        float[] values = [.. Enumerable.Range(0, 320).Select(i => MathF.Sin(i) * (1 + (i / 32)))]; // rows of different size
        var matrix = StoredTensor.Create<float>("m", StoredTensor.Float, values, 10, 32);

        float[] halves = Values(Float16Storage.Store(matrix)!), bytes = Values(Int8Storage.Store(matrix)!);

        Assert.AreSequenceEqual(values.Select(v => (float)(Half)v), halves);
        for (int i = 0; i < values.Length; i++)
        {
            float step = values.Skip(i / 32 * 32).Take(32).Max(Math.Abs) / 127;
            Assert.AreEqual(values[i], bytes[i], 0.5f * step * 1.001f);
        }
    }

    [TestMethod]
    public void A_value_beyond_16_bits_leaves_its_matrix_in_32()
    {
        var graph = WithHead(70_000f);

        var reduced = PrecisionConverter.Reduce(graph.Graph, OnnxPrecision.Float16Weights);

        Assert.AreEqual(StoredTensor.Float, reduced.Initializer.Single(t => t.Name == "large").DataType);
        Assert.Contains("small.float16", reduced.Node.SelectMany(n => n.Output));
        Assert.DoesNotContain("small", reduced.Initializer.Select(t => t.Name));
        var model = graph.Clone();
        model.Graph = reduced;
        Assert.AreSequenceEqual(Run(graph, 2, 3, 16, false), Run(model, 2, 3, 16, false));
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void A_value_that_is_no_number_leaves_its_matrix_in_32(float value)
    {
        var graph = WithHead(value).Graph;

        foreach (var (precision, _) in Limits)
            Assert.AreEqual(StoredTensor.Float, PrecisionConverter.Reduce(graph, precision).Initializer.Single(t => t.Name == "large").DataType);
    }

    [TestMethod]
    public void Vectors_small_matrices_and_biases_stay()
    {
        var shape = (Cell: 2, Bidirectional: true, Hidden: new[] { 32 }, Features: 1, Steps: 2, Ragged: true, Normalized: true);
        var graph = Emit(shape, out _).Graph;

        foreach (var (precision, _) in Limits)
        {
            var reduced = PrecisionConverter.Reduce(graph, precision).Initializer.ToDictionary(t => t.Name);
            foreach (var tensor in graph.Initializer.Where(t => t.Name.Contains("bias", StringComparison.Ordinal) || t.Dims.Count < 2))
                Assert.AreEqual(tensor, reduced[tensor.Name]);
            Assert.DoesNotContain("rnn.0.weight_hh_l0", reduced.Keys);
        }
    }

    [TestMethod]
    public void A_row_of_zeros_stays_zero()
    {
        var quantized = RowQuantization.Of([0, 0, 0, 1, -2, 1e-42f], 3)!;

        Assert.AreSequenceEqual(new sbyte[] { 0, 0, 0, 64, -127, 0 }, quantized.Values);
        Assert.AreSequenceEqual(new[] { 1, 2f / 127 }, quantized.Scales);
        Assert.AreSequenceEqual(new sbyte[3], RowQuantization.Of([1e-44f, 0, -1e-44f], 3)!.Values);
    }

    private static ModelProto WithHead(float value)
    {
        var graph = new OnnxGraphBuilder();
        string input = graph.Input("x", "steps", "batch", 16);
        float[] small = [.. Enumerable.Range(0, 256).Select(i => i / 256f)], large = [.. small.Select(v => 2 * v)];
        large[7] = value;
        string product = graph.Node("MatMul", [input, graph.Initializer("large", large, 16, 16)]);
        float[] exact = [.. small.Select(v => (float)(Half)v)];
        graph.Output("y", graph.Node("MatMul", [product, graph.Initializer("small", exact, 16, 16)]), "steps", "batch", 16);
        return graph.Build();
    }

    private static ModelProto Emit(
        (int Cell, bool Bidirectional, int[] Hidden, int Features, int Steps, bool Ragged, bool Normalized) shape, out RecurrentCell cell)
    {
        cell = new RecurrentCell[] { RecurrentCell.Lstm, RecurrentCell.Rnn, RecurrentCell.Gru, new PeepholeLstmCell(), RecurrentCell.Lstm }[shape.Cell];
        var options = Networks.Tiny with
        {
            Cell = cell,
            Bidirectional = shape.Bidirectional,
            HiddenSizes = [.. shape.Hidden],
            DenseSizes = [],
            LayerNormalization = shape.Normalized,
        };
        using var network = new RecurrentNetwork(options, shape.Features, Outputs, new Random(1));
        Disturb(network);
        var graph = new OnnxGraphBuilder();
        string input = graph.Input("x", "steps", "batch", shape.Features);
        string? lengths = shape.Ragged ? graph.Input("lengths", OnnxElementType.Int32, "batch") : null;
        graph.Output("y", network.EmitOnnx(graph, input, lengths), "batch", Outputs);
        return graph.Build();
    }

    // Biases start at zero, where a wrong one would not show.
    private static void Disturb(RecurrentNetwork network)
    {
        var random = new Random(2);
        foreach (var (_, value) in network.Parameters)
            TensorData.Write(value, [.. TensorData.Read(value).Select(v => v + (random.NextSingle() * 0.4f) - 0.2f)]);
    }

    // Every LSTM in 8 bits, however small.
    private static ModelProto Reduce(ModelProto model, OnnxPrecision precision)
    {
        var reduced = model.Clone();
        reduced.Graph = PrecisionConverter.Reduce(model.Graph, precision, smallestLstm: 1);
        Operators.Import(reduced, null);
        return reduced;
    }

    private static float[] Run(ModelProto model, int steps, int batch, int features, bool ragged, int? only = null)
    {
        float[] all = StreamedModels.Values(steps * batch * features, 3); // [steps, batch, features]
        int[] lengths = [.. Enumerable.Range(0, batch).Select(b => 1 + (b % steps))];
        if (only is { } one)
        {
            all = [.. Enumerable.Range(0, steps).SelectMany(t => all.AsSpan(((t * batch) + one) * features, features).ToArray())];
            (lengths, batch) = ([lengths[one]], 1);
        }
        using var session = new InferenceSession(model.ToByteArray());
        using var x = OrtValue.CreateTensorValueFromMemory(all, [steps, batch, features]);
        using var l = OrtValue.CreateTensorValueFromMemory(lengths, [batch]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ragged ? ["x", "lengths"] : ["x"], ragged ? [x, l] : [x], ["y"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    // What the nodes give that turn a stored matrix into Singles.
    private static float[] Values(StoredMatrix stored)
    {
        var graph = new GraphProto { Name = "g", Node = { stored.Nodes }, Initializer = { stored.Tensors } };
        graph.Output.Add(new ValueInfoProto { Name = "m", Type = new() { TensorType = new() { ElemType = StoredTensor.Float } } });
        var model = new OnnxGraphBuilder().Build();
        model.Graph = graph;
        using var session = new InferenceSession(model.ToByteArray());
        using var run = new RunOptions();
        using var outputs = session.Run(run, [], [], ["m"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static double RootMeanSquare(double[] values) => Math.Sqrt(values.Average(v => v * v));
}
