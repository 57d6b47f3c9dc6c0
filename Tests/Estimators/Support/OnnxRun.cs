using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Tests;

/// <summary>Runs a graph in ONNX Runtime.</summary>
internal static class OnnxRun
{
    /// <summary>The values of each output, in the graph's order.</summary>
    public static float[][] Run(OnnxGraphBuilder graph, float[] input, params long[] shape)
    {
        using var session = new InferenceSession(graph.Build().ToByteArray());
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, shape);
        using var options = new RunOptions();
        using var outputs = session.Run(options, [session.InputNames[0]], [tensor], session.OutputNames);
        return [.. outputs.Select(o => o.GetTensorDataAsSpan<float>().ToArray())];
    }
}
