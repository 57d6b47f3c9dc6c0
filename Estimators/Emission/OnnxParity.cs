using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MlNetRnn.Onnx;
using TorchSharp;

namespace MlNetRnn;

/// <summary>Compares the trained network with its ONNX graph on real sequences, in standardised units.</summary>
internal static class OnnxParity
{
    /// <summary>Differences above this are an error.</summary>
    public const double Limit = 1e-4;

    /// <summary>
    /// The largest absolute difference over a sample of sequences; where the network's values are larger than 1, as logits may be, relative
    /// to the largest of them.
    /// </summary>
    public static double MaxAbsDiff(RecurrentNetwork network, ModelProto graph, Sequences sample, Scaler scaler, LabelWeights weights, torch.Device device,
        int fixedSteps = 0)
    {
        int[] all = [.. Enumerable.Range(0, sample.Count)];
        using var loader = new BatchLoader(sample, scaler, weights, device, fixedSteps);
        float[] expected = RunTorch(network, loader, all);
        float[] actual = RunOnnx(graph, sample, scaler, all, fixedSteps);
        double largest = 0, size = Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }
        return largest / size;
    }

    /// <summary>Runs a graph on a sequence or two: whether it can be run, whatever it gives.</summary>
    public static void CheckRuns(ModelProto graph, Sequences sample, Scaler scaler, int fixedSteps) =>
        RunOnnx(graph, sample, scaler, [0, sample.Count - 1], fixedSteps);

    private static float[] RunTorch(RecurrentNetwork network, BatchLoader loader, int[] indices)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        var batch = loader.Load(indices);
        return TensorData.Read(network.Forward(batch, dropout: null)); // [B, K]
    }

    private static float[] RunOnnx(ModelProto graph, Sequences sequences, Scaler scaler, int[] indices, int fixedSteps)
    {
        int steps = fixedSteps > 0 ? fixedSteps : indices.Max(i => sequences.Ranges[i].Length), size = steps * sequences.Features;
        int contextSize = scaler.CovariateMeans.Length, row = size + contextSize;
        var input = new float[indices.Length * row]; // [B, T, F], or [B, 1, T·F + C] with what stands beside the window
        Array.Fill(input, float.NaN);                // what padding is made of
        for (int b = 0; b < indices.Length; b++)
        {
            sequences[indices[b]].CopyTo(input.AsSpan((b * row) + size - sequences[indices[b]].Length));
            var context = sequences.Label(indices[b])[^contextSize..];
            for (int i = 0; i < contextSize; i++) // what is not known is the mean to the network
                input[(b * row) + size + i] = float.IsNaN(context[i]) ? scaler.CovariateMeans[i] : context[i];
        }
        long[] shape = contextSize > 0 ? [indices.Length, 1, row] : [indices.Length, steps, sequences.Features];
        using var session = new InferenceSession(graph.ToByteArray());
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, shape);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [session.InputNames[0]], [tensor], [ModelEmitter.ScaledOutputName]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
