using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>The bytes of a model: an ONNX file whose metadata hold the manifest, a format number and a checksum.</summary>
internal static class SequenceModelFile
{
    private const string ManifestKey = "mlnetrnn.manifest";
    private const string FormatKey = "mlnetrnn.format";
    private const string ChecksumKey = "mlnetrnn.sha256";

    /// <param name="graph">The model's graph.</param>
    /// <param name="manifest">What it is.</param>
    /// <param name="step">One step of it, if it can be run so.</param>
    public static byte[] Write(ModelProto graph, SequenceModelManifest manifest, GraphProto? step)
    {
        var model = graph.Clone();
        if (step is not null)
            SetProperty(model, StepGraph.Key, StepGraph.Store(step, model.Graph));
        SetProperty(model, FormatKey, manifest.FormatVersion.ToString());
        SetProperty(model, ManifestKey, JsonSerializer.Serialize(manifest, ManifestJson.Default.SequenceModelManifest));
        SetProperty(model, ChecksumKey, Checksum(model));
        return model.ToByteArray();
    }

    /// <summary>Checks that the bytes are a whole file of this library's, and reads what it is.</summary>
    /// <exception cref="FormatException">They are cut, corrupted, of a newer format, or something else.</exception>
    public static SequenceModelManifest Read(byte[] bytes, string source)
    {
        // A whole file of ours is told by its checksum alone: its graph, which is nearly all of it, is read by ONNX Runtime only.
        if (OnnxProperties.Read(bytes) is not { } properties || properties[ChecksumKey] is not { } checksum
            || checksum != properties.ChecksumWithout(ChecksumKey))
            return ReadDoubtful(bytes, source);
        CheckFormat(properties[FormatKey], source);
        return properties[ManifestKey] is { } json ? ParseManifest(json, source) : ReadDoubtful(bytes, source);
    }

    // Not as this library writes it: damaged, another's, or written anew by a program that keeps the contents.
    private static SequenceModelManifest ReadDoubtful(byte[] bytes, string source)
    {
        var model = Parse(bytes, source);
        CheckFormat(Property(model, FormatKey), source);
        if (Property(model, GeneratorGraph.Key) is { } column)
        {
            throw new FormatException($"{source} is a generator, which takes a seed of '{column}' and a length: run it by an InferenceSession of ONNX Runtime. "
                + "Give the .onnx or .zip file of the model itself, which generates by Generate.");
        }
        if (Property(model, ManifestKey) is not { } json)
        {
            throw new FormatException(model.ProducerName == OnnxGraphBuilder.Producer
                ? $"{source} is cut or corrupted: its '{ManifestKey}' entry is missing. Copy or export the model anew."
                : $"{source} is an ONNX file but not one of MlNetRnn's: it has no '{ManifestKey}' entry. "
                    + "Export it by ml.Model.SaveAsOnnx, or score it by ml.Transforms.ApplyOnnxModel, which takes any.");
        }
        if (Property(model, ChecksumKey) != Checksum(model))
            throw new FormatException($"{source} is corrupted: its checksum (SHA-256) does not match its contents. "
                + "Copy or export the model anew.");
        return ParseManifest(json, source);
    }

    private static ModelProto Parse(byte[] bytes, string source)
    {
        if (bytes is [(byte)'P', (byte)'K', ..])
            throw new FormatException($"{source} is a zip file, not an .onnx file. Read ML.NET model files by ml.Model.Load.");
        try
        {
            // A file cut early, or of another kind, may still be read as a message with nothing in it.
            if (ModelProto.Parser.ParseFrom(bytes) is { Graph: not null } model)
                return model;
        }
        catch (InvalidProtocolBufferException)
        {
            // Not handed on as an inner exception: ML.NET wraps what loading throws, and the base exception must be the clear one.
        }
        throw new FormatException($"{source} is not a whole ONNX file ({bytes.Length} bytes; it is cut or corrupted). "
            + "Copy or export the model anew.");
    }

    private static void CheckFormat(string? format, string source)
    {
        if (int.TryParse(format, out int version) && version > SequenceModelManifest.CurrentFormatVersion)
        {
            throw new FormatException(
                $"{source} has model format {version}; this version of MlNetRnn reads formats up to "
                    + $"{SequenceModelManifest.CurrentFormatVersion}. Update the MlNetRnn packages.");
        }
    }

    private static SequenceModelManifest ParseManifest(string json, string source)
    {
        try
        {
            return JsonSerializer.Deserialize(ManifestUpgrade.ToCurrent(json), ManifestJson.Default.SequenceModelManifest)
                ?? throw new FormatException($"{source} has an empty manifest. Export the model anew.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"{source} has a manifest that cannot be read: "
                + $"{e.Message} Export the model anew."); // no inner exception, as above
        }
    }

    // Over everything but the checksum itself, so that a changed weight, name or manifest shows.
    private static string Checksum(ModelProto model)
    {
        var properties = model.MetadataProps.ToArray();
        model.MetadataProps.Clear();
        model.MetadataProps.AddRange(properties.Where(p => p.Key != ChecksumKey));
        byte[] contents = model.ToByteArray();
        model.MetadataProps.Clear();
        model.MetadataProps.AddRange(properties);
        return Convert.ToHexStringLower(SHA256.HashData(contents));
    }

    /// <summary>The value of a model's metadata entry; null where there is none.</summary>
    public static string? Property(ModelProto model, string key) => model.MetadataProps.FirstOrDefault(p => p.Key == key)?.Value;

    private static void SetProperty(ModelProto model, string key, string value)
    {
        var property = model.MetadataProps.FirstOrDefault(p => p.Key == key);
        if (property is null)
            model.MetadataProps.Add(property = new StringStringEntryProto { Key = key });
        property.Value = value;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(SequenceModelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
