using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// Keeps a model's step graph beside its graph of whole sequences, in the file's metadata. Weights that both have are stored once: in the
/// step graph a tensor without content stands for the other graph's of that name.
/// </summary>
internal static class StepGraph
{
    public const string Key = "mlnetrnn.graph.step";

    public static string Store(GraphProto step, GraphProto sequences)
    {
        var stored = step.Clone();
        var shared = sequences.Initializer.ToDictionary(t => t.Name);
        for (int i = 0; i < stored.Initializer.Count; i++)
        {
            var tensor = stored.Initializer[i];
            if (shared.TryGetValue(tensor.Name, out var same) && same.Equals(tensor))
                stored.Initializer[i] = new TensorProto { Name = tensor.Name };
        }
        return stored.ToByteString().ToBase64();
    }

    public static GraphProto Restore(string stored, GraphProto sequences)
    {
        var step = GraphProto.Parser.ParseFrom(ByteString.FromBase64(stored));
        var shared = sequences.Initializer.ToDictionary(t => t.Name);
        for (int i = 0; i < step.Initializer.Count; i++)
        {
            if (step.Initializer[i].DataType == 0)
                step.Initializer[i] = shared[step.Initializer[i].Name];
        }
        return step;
    }
}
