using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MlNetRnn.Fused;
using TorchSharp;

namespace MlNetRnn.Tests.Classification;

/// <summary>Whole networks with lengths against PyTorch's packed runs, and torch against ONNX with an embedding.</summary>
[TestClass]
public sealed class MaskedNetworkTests
{
    private const double Tolerance = 1e-5;

    public static IEnumerable<object[]> Cases => GoldenCase.All.Select((golden, i) => new object[] { i, golden.ToString() });

    [TestMethod, DynamicData(nameof(Cases))]
    public void Training_and_the_file_read_out_PyTorchs_last_valid_states_whatever_the_padding(int index, string name)
    {
        var manifest = TinyModel.Ragged.Manifest; // of a model trained outside of the guard
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        var golden = GoldenCase.All[index];
        int directions = golden.Bidirectional ? 2 : 1, size = directions * golden.Hidden;
        using var network = Network(golden, size);
        // the last layer's states [directions, batch, hidden] → [batch, directions · hidden]
        var expected = golden.Packed.Final.ToTorch().narrow(0, (golden.Layers - 1) * directions, directions).transpose(0, 1).reshape(golden.Batch, size);

        var x = golden.X.ToTorch().transpose(0, 1);
        var actual = network.Forward(x, torch.tensor(golden.Lengths.Select(l => (long)l).ToArray()), dropout: null);
        Assert.IsLessThanOrEqualTo(Tolerance, Difference.Max(expected, actual), name);
        foreach (int extra in new[] { 0, 3 })
        {
            float[] inFile = RunFile(network, manifest, golden, size, extra);
            Assert.IsLessThanOrEqualTo(Tolerance, Difference.Max(TensorData.Read(expected.contiguous()), inFile), $"{name}, {extra} more steps of padding");
        }
    }

    // Fused or not, packed sequences of the classification task: padded steps have no part in the gradient.
    [TestMethod, DynamicData(nameof(Cases))]
    public void What_stands_in_padding_changes_neither_loss_nor_gradient(int index, string name)
    {
        using var scope = torch.NewDisposeScope();
        var golden = GoldenCase.All[index];
        var task = new MulticlassTask(new());
        var lengths = torch.tensor(golden.Lengths.Select(l => (long)l).ToArray());
        var target = torch.arange(golden.Batch, dtype: torch.float32).remainder(3).unsqueeze(1);
        (float Loss, float[] Gradient) Run(float padding)
        {
            using var network = Network(golden, golden.Hidden * (golden.Bidirectional ? 2 : 1));
            var x = golden.X.ToTorch().transpose(0, 1).clone();
            for (int b = 0; b < golden.Batch; b++)
            {
                if (golden.Lengths[b] < golden.Steps)
                    x.narrow(1, b, 1).narrow(0, golden.Lengths[b], golden.Steps - golden.Lengths[b]).fill_(padding.ToScalar());
            }
            var loss = task.LossSum(network.Forward(x, lengths, dropout: null), target, null);
            loss.backward();
            return (loss.item<float>(), [.. network.Parameters.SelectMany(p => TensorData.Read(p.Value.grad!))]);
        }

        var (zero, other) = (Run(0), Run(7));
        Assert.AreEqual(zero.Loss, other.Loss, 1e-6, name);
        Assert.IsLessThanOrEqualTo(1e-5, Difference.Max(zero.Gradient, other.Gradient), name);
    }

    [TestMethod]
    public void Onnx_equals_torch_for_random_networks_over_tokens()
    {
        var random = new Random(7);
        for (int i = 0; i < 40; i++)
        {
            using var scope = torch.NewDisposeScope();
            using var guard = torch.no_grad();
            int tokens = random.Next(1, 30), steps = random.Next(1, 12), batch = random.Next(1, 7), classes = random.Next(1, 6);
            var options = new RecurrentOptions
            {
                Cell = new[] { RecurrentCell.Rnn, RecurrentCell.RnnRelu, RecurrentCell.Lstm, RecurrentCell.Gru, new MinGruCell(), new PeepholeLstmCell() }[i % 6],
                Bidirectional = random.Next(2) == 0,
                HiddenSizes = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, 9))],
                DenseSizes = [.. Enumerable.Range(0, random.Next(2)).Select(_ => random.Next(1, 9))],
                LayerNormalization = random.Next(2) == 0,
                EmbeddingSize = random.Next(1, 9),
                Readout = Enum.GetValues<SequenceReadout>()[i / 6 % 4],
            };
            using var network = new RecurrentNetwork(options, 1, classes, new Random(i), tokens);
            float[] keys = [.. Enumerable.Range(0, steps * batch).Select(_ => (float)random.Next(0, tokens + 1))];
            long[] lengths = [.. Enumerable.Range(0, batch).Select(_ => (long)random.Next(1, steps + 1))];

            var expected = network.Forward(torch.tensor(keys, steps, batch, 1), torch.tensor(lengths), dropout: null);
            var graph = new OnnxGraphBuilder();
            string own = graph.Node("Cast", [graph.Integers(lengths)], ("to", (int)OnnxElementType.Int32));
            graph.Output("y", network.EmitOnnx(graph, graph.Input("x", "steps", "batch", 1), own), "batch", classes);
            Assert.IsLessThan(1e-5, Difference.Max(TensorData.Read(expected), OnnxRun.Run(graph, keys, steps, batch, 1)[0]), $"network {i}: {options.Cell}");
        }
    }

    public static IEnumerable<object[]> Cells =>
        from cell in new[] { "rnn", "rnn_relu", "lstm", "gru" }
        from bidirectional in new[] { false, true }
        select new object[] { cell, bidirectional };

    [TestMethod, DynamicData(nameof(Cells))]
    public void Both_kinds_of_kernels_give_the_embedding_the_same_gradient_and_padding_none(string cell, bool bidirectional)
    {
        const int Tokens = 7, Steps = 9, Batch = 6;
        var random = new Random(3);
        var options = new RecurrentOptions { Cell = Networks.Cell(cell), Bidirectional = bidirectional, HiddenSizes = [5, 4], EmbeddingSize = 3 };
        long[] lengths = [9, 7, 4, 2, 1, 1];
        float[] keys = [.. Enumerable.Range(0, Steps * Batch).Select(i => i / Batch < lengths[i % Batch] ? random.Next(1, Tokens + 1) : 0f)];
        float[][] Gradients(bool fused)
        {
            using var scope = torch.NewDisposeScope();
            using var network = new RecurrentNetwork(options, 1, 3, new Random(1), Tokens);
            using var threads = new TrainingThreads(2);
            if (fused)
                network.Fuse(threads);
            var prediction = network.Forward(torch.tensor(keys, Steps, Batch, 1), torch.tensor(lengths), dropout: null);
            var target = torch.tensor([0f, 1f, 2f, 0f, 1f, 2f], Batch, 1);
            new MulticlassTask(new()).LossSum(prediction, target, null).backward();
            network.ThrowIfFailed();
            return [.. network.Parameters.Select(p => TensorData.Read(p.Value.grad!))];
        }

        float[][] plain = Gradients(fused: false), fused = Gradients(fused: true);

        for (int p = 0; p < plain.Length; p++)
            Assert.IsLessThanOrEqualTo(1e-5, Difference.Max(plain[p], fused[p]), $"parameter {p}");
        foreach (float[] embedding in new[] { plain[0], fused[0] })
        {
            Assert.IsTrue(embedding[..3].All(v => v == 0), "no unknown token was read: padding is none");
            Assert.IsTrue(embedding[3..].Chunk(3).All(g => g.Any(v => v != 0)));
        }
    }

    // PyTorch's weights, and a head that hands the last states on.
    private static RecurrentNetwork Network(GoldenCase golden, int size)
    {
        var options = new RecurrentOptions
        {
            Cell = Networks.Cell(golden.Cell),
            Bidirectional = golden.Bidirectional,
            HiddenSizes = [.. Enumerable.Repeat(golden.Hidden, golden.Layers)],
            DenseSizes = [],
        };
        var network = new RecurrentNetwork(options, golden.Features, size, new Random(1));
        foreach (var (name, value) in network.Parameters)
        {
            if (name.StartsWith("head.", StringComparison.Ordinal))
                TensorData.Write(value, name == "head.bias" ? new float[size] : TensorData.Read(torch.eye(size)));
            else
                TensorData.Write(value, golden.StateDict[name[6..].Replace("_l0", $"_l{name[4]}", StringComparison.Ordinal)].Data); // rnn.1.weight_ih_l0
        }
        return network;
    }

    // As a model's file takes sequences: padded with NaN at their start.
    private static float[] RunFile(RecurrentNetwork network, SequenceModelManifest manifest, GoldenCase golden, int size, int extra)
    {
        int steps = golden.Steps + extra;
        float[] input = [.. Enumerable.Repeat(float.NaN, golden.Batch * steps * golden.Features)];
        for (int b = 0; b < golden.Batch; b++)
        {
            int values = golden.Lengths[b] * golden.Features;
            golden.X.Data.AsSpan(b * golden.Steps * golden.Features, values).CopyTo(input.AsSpan(((b + 1) * steps * golden.Features) - values));
        }
        manifest = manifest with
        {
            Features = golden.Features,
            Outputs = [new("Forecast", size, IsVector: true)],
        };
        var graph = ModelEmitter.Emit(network, new ForecastingTask(new() { OutputColumnName = "Forecast" }), new Scaler(golden.Features, 1, null), manifest, withScaledOutput: false);
        using var session = new InferenceSession(graph.ToByteArray());
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, [golden.Batch, steps, golden.Features]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [manifest.FeatureColumnName], [tensor], ["Forecast"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
