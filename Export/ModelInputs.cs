namespace MlNetRnn;

/// <summary>Tells what a model's file takes.</summary>
internal static class ModelInputs
{
    /// <exception cref="NotSupportedException">The model takes or gives more than sequences and numbers; the message lists what.</exception>
    public static void RequireOneSequence(SequenceModelManifest manifest, string scorer)
    {
        if (manifest.Inputs.Length > 0)
        {
            throw new NotSupportedException($"The model takes {Describe(manifest)}, where {scorer} takes one tensor of Single. "
                + "Give all inputs to ml.Transforms.ApplyOnnxModel, or to an InferenceSession of ONNX Runtime.");
        }
        if (manifest.Outputs.IsEmpty)
        {
            throw new NotSupportedException($"The model gives {string.Join(", ", manifest.OtherOutputs.Select(o => $"'{o.Name}' ({o.Type})"))}, where "
                + $"{scorer} gives Single. Use ml.Transforms.ApplyOnnxModel, or an InferenceSession of ONNX Runtime.");
        }
    }

    /// <summary>The inputs with their types, shapes and the columns that they hold.</summary>
    public static string Describe(SequenceModelManifest manifest) =>
        string.Join("; ", manifest.Inputs.Select(i => $"'{i.Name}' {i.Type} [batch, {string.Join(", ", i.Shape)}] "
            + $"({string.Join(", ", i.Columns)})"));
}
