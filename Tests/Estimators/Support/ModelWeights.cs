using System.Runtime.InteropServices;

namespace MlNetRnn.Tests;

/// <summary>The trained values of a model, as they stand in its graph.</summary>
internal static class ModelWeights
{
    public static float[] Of(SequenceTransformer model) => Of(model.Model);

    public static float[] Of(SequenceModel model)
    {
        var graph = Onnx.ModelProto.Parser.ParseFrom(model.OnnxBytes).Graph;
        var weights = graph.Initializer.Where(i => i.DataType == 1); // Single
        return [.. weights.SelectMany(i => MemoryMarshal.Cast<byte, float>(i.RawData.Span).ToArray())];
    }
}
