using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>What a model takes and gives: names, types and shapes.</summary>
internal static class ModelSignature
{
    /// <summary>One sentence that tells the model's inputs and outputs.</summary>
    public static string Describe(SequenceModelManifest manifest) => $"The model takes {Input(manifest)} and gives {Outputs(manifest)}.";

    /// <summary>What of two models differs that a caller of either must know; null if nothing does.</summary>
    public static string? Difference(SequenceModelManifest current, SequenceModelManifest other)
    {
        string before = Describe(current) + Meaning(current), after = Describe(other) + Meaning(other);
        return before == after ? null : $"{before} The other: {after}";
    }

    /// <summary>Checks that a graph is what its manifest says.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static void Check(InferenceSession session, SequenceModelManifest manifest, string source)
    {
        var inputs = session.InputMetadata;
        var outputs = session.OutputMetadata;
        bool fits = inputs.Count == 1 && Fits(inputs, manifest.FeatureColumnName, [manifest.Steps, manifest.Features])
            && manifest.Outputs.All(o => Fits(outputs, o.Name, o.DimensionsOf(manifest.Steps)));
        if (!fits)
        {
            throw new FormatException($"{source} holds a graph that does not fit its manifest. {Describe(manifest)} The graph takes "
                + $"{Tensors(inputs)} and gives {Tensors(outputs)}. Export the model anew.");
        }
    }

    // What tokens and scores stand for, which types and shapes do not tell.
    private static string Meaning(SequenceModelManifest manifest) => string.Concat(
        manifest.Tokens > 0 ? $" Sequences are of {manifest.Tokens} tokens." : "",
        manifest.Task == SequenceModelManifest.BinaryTask ? " Scores are logits of true." : "",
        manifest.Classes is { } classes
            ? $" Classes are {string.Join(", ", Enumerable.Range(0, classes.Count).Select(i => $"'{classes.Name(i)}'"))}."
            : "");

    private static string Input(SequenceModelManifest manifest)
    {
        string steps = manifest switch
        {
            { Steps: 0 } => "steps (any number)",
            { VariableLength: true } => $"up to {manifest.Steps} steps",
            _ => $"{manifest.Steps} steps",
        };
        return $"'{manifest.FeatureColumnName}', Single [batch, {steps}, {manifest.Features} features],";
    }

    private static string Outputs(SequenceModelManifest manifest) =>
        string.Join(" and ", manifest.Outputs.Select(o =>
            $"'{o.Name}', Single [batch, {string.Join(", ", o.DimensionsOf(manifest.Steps).Select(d => d == 0 ? "steps" : $"{d}"))}]"));

    // Sizes that the graph leaves open, -1, fit any.
    private static bool Fits(IReadOnlyDictionary<string, NodeMetadata> tensors, string name, int[] sizes) =>
        tensors.TryGetValue(name, out var tensor) && tensor is { IsTensor: true } && tensor.ElementType == typeof(float)
            && tensor.Dimensions.Length == sizes.Length + 1
            && tensor.Dimensions.Skip(1).Zip(sizes).All(pair => pair.First < 0 || pair.First == pair.Second);

    private static string Tensors(IReadOnlyDictionary<string, NodeMetadata> tensors) => string.Join(" and ", tensors.Select(t =>
        $"'{t.Key}', {t.Value.ElementType?.Name ?? $"{t.Value.OnnxValueType}"} [{string.Join(", ", t.Value.Dimensions.Select(Size))}]"));

    private static string Size(int size) => size < 0 ? "any" : $"{size}";
}
