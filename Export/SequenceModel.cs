using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// A trained sequence model: an ONNX graph and the manifest that tells what it is. It is the one artefact of training:
/// written to <c>.onnx</c>, embedded in ML.NET's <c>.zip</c>, scored by <see cref="SequenceTransformer"/> and <see cref="SequencePredictor"/>.
/// </summary>
public sealed class SequenceModel
{
    private const string ManifestKey = "mlnetrnn.manifest";
    private const string FormatKey = "mlnetrnn.format";
    private const string ChecksumKey = "mlnetrnn.sha256";

    private SequenceModel(byte[] onnx, SequenceModelManifest manifest, string source)
    {
        OnnxBytes = onnx;
        Manifest = manifest;
        Source = source;
    }

    /// <summary>What the model is: task, columns, shapes, scaling, network, training.</summary>
    public SequenceModelManifest Manifest { get; }

    internal byte[] OnnxBytes { get; }

    /// <summary>Where the model is from, which begins the sentences of exceptions: a file's name, or <c>The model</c>.</summary>
    internal string Source { get; }

    /// <summary>Reads a model from an <c>.onnx</c> file that this library wrote.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is cut, corrupted, of a newer format, or not one of this library's.</exception>
    public static SequenceModel Load(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{Path.GetFullPath(path)}'; "
                + "give the path of an .onnx file written by SaveAsOnnx.", path);
        return FromBytes(File.ReadAllBytes(path), $"'{path}'");
    }

    /// <summary>Reads a model from a stream holding an <c>.onnx</c> file that this library wrote.</summary>
    /// <param name="stream">The stream, read to its end.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FormatException">The data is cut, corrupted, of a newer format, or not one of this library's.</exception>
    public static SequenceModel Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return FromBytes(buffer.ToArray(), "The stream");
    }

    /// <summary>Writes the model as an <c>.onnx</c> file; one already there stays whole until the new one is complete.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, Save);

    /// <summary>Writes the model as an <c>.onnx</c> file to a stream.</summary>
    /// <param name="stream">The stream.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(OnnxBytes);
    }

    /// <summary>Reads the model's weights, as training goes on from them.</summary>
    /// <returns>The weights by name.</returns>
    /// <exception cref="InvalidOperationException">
    /// The model is in a reduced precision (<see cref="SequenceModelManifest.Precision"/>): the trained weights are not in it.
    /// </exception>
    public OnnxWeights ReadWeights()
    {
        RequireFloat32("They cannot be read");
        return new(ModelProto.Parser.ParseFrom(OnnxBytes).Graph);
    }

    /// <summary>The model as a table: each layer with its type, output shape and number of parameters.</summary>
    /// <returns>The table, several lines.</returns>
    public string Summary() => ModelSummary.Text(Manifest.Task, Manifest.FeatureColumnName, Manifest.LabelColumnName, Manifest.Network);

    /// <summary>
    /// The same model as one step: its graph takes an observation and the state before it, and gives the prediction and the state after it.
    /// </summary>
    /// <exception cref="NotSupportedException">The model cannot be run step by step; the message says why.</exception>
    internal SequenceModel AsStreaming()
    {
        if (Manifest.IsStreaming)
            return this;
        var model = ModelProto.Parser.ParseFrom(OnnxBytes);
        if (Property(model, StepGraph.Key) is not { } stored)
        {
            throw new NotSupportedException("The model cannot be run one observation at a time. "
                + (Manifest.StreamingRefusal ?? "Its file holds whole sequences alone: export it with OnnxExportOptions.Streaming."));
        }
        model.Graph = StepGraph.Restore(stored, model.Graph);
        model.MetadataProps.Clear();
        return Create(model, Manifest with { IsStreaming = true });
    }

    /// <summary>A SHA-256 of the graph: of its operators, names and weights.</summary>
    internal byte[] GraphIdentity() =>
        System.Security.Cryptography.SHA256.HashData(ModelProto.Parser.ParseFrom(OnnxBytes).Graph.ToByteArray());

    /// <summary>The model, for what scores whole sequences.</summary>
    /// <exception cref="ArgumentException">Its graph is one step.</exception>
    internal SequenceModel OfSequences() => Manifest.IsStreaming
        ? throw new ArgumentException("The model is the streaming form, which takes one observation at a time and hands its state from "
            + "step to step: score it by StreamingPredictor, or export it without OnnxExportOptions.Streaming.")
        : this;

    /// <param name="graph">The model's graph.</param>
    /// <param name="manifest">What it is.</param>
    /// <param name="step">One step of it, if it can be run so; it shares the weights, which are stored once.</param>
    internal static SequenceModel Create(ModelProto graph, SequenceModelManifest manifest, GraphProto? step = null)
    {
        var model = graph.Clone();
        if (step is not null)
            SetProperty(model, StepGraph.Key, StepGraph.Store(step, model.Graph));
        SetProperty(model, FormatKey, manifest.FormatVersion.ToString());
        SetProperty(model, ManifestKey, JsonSerializer.Serialize(manifest, ManifestJson.Default.SequenceModelManifest));
        SetProperty(model, ChecksumKey, Checksum(model));
        return new(model.ToByteArray(), manifest, "The model");
    }

    /// <exception cref="InvalidOperationException">The model does not hold the weights as they were trained.</exception>
    internal void RequireFloat32(string consequence)
    {
        if (Manifest.Precision != OnnxPrecision.Float32)
        {
            throw new InvalidOperationException($"The model was exported with OnnxExportOptions.Precision = {Manifest.Precision}: its weights "
                + $"are quantised, and those that were trained are not in it. {consequence}. Give the model that it was exported from: "
                + "the fitted one, its .zip, or an .onnx file exported with Precision = Float32.");
        }
    }

    /// <summary>The model with each of its graphs rewritten.</summary>
    internal SequenceModel WithGraphs(Func<GraphProto, GraphProto> rewrite, SequenceModelManifest manifest)
    {
        var model = ModelProto.Parser.ParseFrom(OnnxBytes);
        var step = Property(model, StepGraph.Key) is { } stored ? rewrite(StepGraph.Restore(stored, model.Graph)) : null;
        model.Graph = rewrite(model.Graph);
        OperatorSets.Import(model, step);
        return Create(model, manifest, step);
    }

    internal SequenceModel With(SequenceModelManifest manifest) => Create(ModelProto.Parser.ParseFrom(OnnxBytes), manifest);

    internal static SequenceModel FromBytes(byte[] bytes, string source)
    {
        // A whole file of ours is told by its checksum alone: its graph, which is nearly all of it, is read by ONNX Runtime only.
        if (OnnxProperties.Read(bytes) is not { } properties || properties[ChecksumKey] is not { } checksum
            || checksum != properties.ChecksumWithout(ChecksumKey))
            return FromDoubtfulBytes(bytes, source);
        CheckFormat(properties[FormatKey], source);
        return properties[ManifestKey] is { } json ? new(bytes, ParseManifest(json, source), source) : FromDoubtfulBytes(bytes, source);
    }

    // Not as this library writes it: damaged, another's, or written anew by a program that keeps the contents.
    private static SequenceModel FromDoubtfulBytes(byte[] bytes, string source)
    {
        var model = Parse(bytes, source);
        CheckFormat(Property(model, FormatKey), source);
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
        return new(bytes, ParseManifest(json, source), source);
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
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(contents));
    }

    private static string? Property(ModelProto model, string key) => model.MetadataProps.FirstOrDefault(p => p.Key == key)?.Value;

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
