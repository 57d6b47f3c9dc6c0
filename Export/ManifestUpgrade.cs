using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlNetRnn;

/// <summary>Brings manifests of older formats into the current one.</summary>
internal static class ManifestUpgrade
{
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A value is of another kind than the format has.</exception>
    public static JsonNode? ToCurrent(string json)
    {
        var manifest = JsonNode.Parse(json);
        if (manifest is not JsonObject root)
            return manifest;
        int version = root["formatVersion"]?.GetValue<int>() ?? 1;
        if (version < 2)
            ToFormat2(root);
        if (version < 3)
            ToFormat3(root);
        root["formatVersion"] = Math.Max(version, SequenceModelManifest.CurrentFormatVersion); // 4 knows classes and tokens, of which 3 had none
        return manifest;
    }

    // Format 1 knew one target.
    private static void ToFormat2(JsonObject root)
    {
        if (root["scaling"] is not JsonObject scaling)
            return;
        ToArray(scaling, "targetMean", "targetMeans");
        ToArray(scaling, "targetScale", "targetScales");
        ToArray(scaling, "differencedFeature", "differencedFeatures");
    }

    // Format 2 knew no streaming.
    private static void ToFormat3(JsonObject root)
    {
        root["streamingRefusal"] = "The file was written by a version of MlNetRnn that knew no streaming. Fit the model again.";
    }

    private static void ToArray(JsonObject owner, string from, string to)
    {
        if (!owner.Remove(from, out var value))
            return;
        owner[to] = value is null ? null : new JsonArray(value);
    }
}
