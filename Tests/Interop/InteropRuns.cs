using System.Text.Json.Nodes;

namespace MlNetRnn.Tests;

/// <summary>Inputs of an exported file and what our runtime gives for them, written as JSON beside it for other runtimes to be held to.</summary>
/// <remarks>
/// <c>{ "tolerance": 1e-5, "runs": [{ "inputs": { name: { "type", "dims", "data" } }, "outputs": { … } }] }</c>; types are named as in
/// onnxruntime-node (<c>float32</c>, <c>int64</c>, <c>string</c>), and what is no number in JSON is a text: <c>"NaN"</c>, <c>"Infinity"</c>.
/// </remarks>
internal sealed class InteropRuns(double tolerance)
{
    private readonly JsonArray _runs = [];

    /// <summary>Runs sequences of their own lengths, padded at their start as the file takes them.</summary>
    public InteropRuns Add(SequencePredictor predictor, params float[][] sequences)
    {
        var manifest = predictor.Model.Manifest;
        int steps = manifest.Steps > 0 ? manifest.Steps : Math.Max(1, sequences.Max(s => s.Length) / manifest.Features), size = steps * manifest.Features;
        float[] padded = [.. sequences.SelectMany(s => Enumerable.Repeat(float.NaN, size - s.Length).Concat(s))];
        float[] outputs = predictor.PredictRagged([.. sequences.Select(s => (ReadOnlyMemory<float>)s)]);
        return Add(
            [(manifest.FeatureColumnName, Tensor("float32", [sequences.Length, steps, manifest.Features], padded))],
            [(manifest.Outputs[0].Name, Tensor("float32", [sequences.Length, .. manifest.Outputs[0].Dimensions], outputs))]);
    }

    /// <summary>Adds a run of any inputs and outputs.</summary>
    public InteropRuns Add((string Name, JsonObject Tensor)[] inputs, (string Name, JsonObject Tensor)[] outputs)
    {
        _runs.Add(new JsonObject { ["inputs"] = Named(inputs), ["outputs"] = Named(outputs) });
        return this;
    }

    public static JsonObject Tensor<T>(string type, int[] dimensions, T[] values) => new()
    {
        ["type"] = type,
        ["dims"] = new JsonArray([.. dimensions.Select(d => JsonValue.Create(d))]),
        ["data"] = new JsonArray([.. values.Select(Value)]),
    };

    /// <summary>Writes <c>name.json</c> beside <c>name.onnx</c>.</summary>
    public void WriteBeside(string onnx) => File.WriteAllText(
        Path.ChangeExtension(onnx, ".json"), new JsonObject { ["tolerance"] = tolerance, ["runs"] = _runs }.ToJsonString());

    private static JsonObject Named((string Name, JsonObject Tensor)[] tensors) =>
        new(tensors.Select(t => KeyValuePair.Create(t.Name, (JsonNode?)t.Tensor)));

    private static JsonNode? Value<T>(T value) =>
        value is float number && !float.IsFinite(number) ? number.ToString(System.Globalization.CultureInfo.InvariantCulture) : JsonValue.Create(value);
}
