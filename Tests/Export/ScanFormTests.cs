using CsCheck;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MlNetRnn.Onnx;

namespace MlNetRnn.Tests;

/// <summary>The form that large batches are scored in gives what the operators give.</summary>
[TestClass]
public sealed class ScanFormTests
{
    private static readonly Gen<(int Cell, bool Bidirectional, int[] Hidden, int Features, int Steps, int Batch, bool Ragged)> Shapes =
        Gen.Select(Gen.Int[0, 2], Gen.Bool, Gen.Int[1, 9].Array[1, 3], Gen.Int[1, 4], Gen.Int[1, 7], Gen.Int[1, 6], Gen.Bool);

    [TestMethod]
    public void It_gives_the_operators_results() => Shapes.Sample(shape =>
    {
        RecurrentCell cell = new[] { RecurrentCell.Rnn, RecurrentCell.RnnRelu, RecurrentCell.Gru }[shape.Cell];
        var options = Networks.Tiny with { Cell = cell, Bidirectional = shape.Bidirectional, HiddenSizes = [.. shape.Hidden] };
        using var network = new RecurrentNetwork(options, shape.Features, 2, new Random(1));
        Disturb(network);
        var graph = new OnnxGraphBuilder();
        string input = graph.Input("x", "steps", "batch", shape.Features);
        string? lengths = shape.Ragged ? graph.Input("lengths", OnnxElementType.Int32, "batch") : null;
        graph.Output("y", network.EmitOnnx(graph, input, lengths), "batch", 2);
        var operators = graph.Build();
        var scans = operators.Clone();

        scans.Graph = ScanForm.Of(operators.Graph)!;

        Assert.IsFalse(scans.Graph.Node.Any(n => n.OpType is "RNN" or "GRU"));
        AreClose(Run(operators, shape.Steps, shape.Batch, shape.Features, shape.Ragged), Run(scans, shape.Steps, shape.Batch, shape.Features, shape.Ragged));
    }, iter: 60, threads: 1);

    [TestMethod]
    public void A_graph_without_such_operators_is_left_alone()
    {
        var lstm = ModelProto.Parser.ParseFrom(TinyModel.Regression.OnnxBytes);

        Assert.IsNull(ScanForm.Of(lstm.Graph));
    }

    [TestMethod]
    public void The_step_graph_of_a_series_has_it_too()
    {
        var step = ModelProto.Parser.ParseFrom(StreamedModels.Fit("gru").AsStreaming().OnnxBytes);
        var scans = step.Clone();
        scans.Graph = ScanForm.Of(step.Graph)!;
        using var first = new InferenceSession(step.ToByteArray());
        using var second = new InferenceSession(scans.ToByteArray());

        AreClose(Step(first), Step(second));
    }

    // Biases start at zero, where a wrong one would not show.
    private static void Disturb(RecurrentNetwork network)
    {
        var random = new Random(2);
        foreach (var (_, value) in network.Parameters)
            TensorData.Write(value, [.. Enumerable.Range(0, (int)value.numel()).Select(_ => (random.NextSingle() * 1.4f) - 0.7f)]);
    }

    private static float[] Run(ModelProto model, int steps, int batch, int features, bool ragged)
    {
        using var session = new InferenceSession(model.ToByteArray());
        using var x = OrtValue.CreateTensorValueFromMemory(StreamedModels.Values(steps * batch * features, 3), [steps, batch, features]);
        using var lengths = OrtValue.CreateTensorValueFromMemory(Enumerable.Range(0, batch).Select(b => 1 + (b % steps)).ToArray(), [batch]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ragged ? ["x", "lengths"] : ["x"], ragged ? [x, lengths] : [x], ["y"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static float[] Step(InferenceSession session)
    {
        string[] names = [.. session.InputNames];
        OrtValue[] values = [.. names.Select(name =>
        {
            long[] shape = [.. session.InputMetadata[name].Dimensions.Select(d => d < 0 ? 3L : d)];
            return OrtValue.CreateTensorValueFromMemory(StreamedModels.Values((int)shape.Aggregate((a, b) => a * b), 4), shape);
        })];
        using var run = new RunOptions();
        using var outputs = session.Run(run, names, values, session.OutputNames);
        Array.ForEach(values, v => v.Dispose());
        return [.. outputs.SelectMany(o => o.GetTensorDataAsSpan<float>().ToArray())];
    }

    private static void AreClose(float[] expected, float[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5f);
    }
}
