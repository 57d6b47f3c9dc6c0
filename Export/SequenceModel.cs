using System.Security.Cryptography;
using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// A trained sequence model: an ONNX graph and the manifest that tells what it is. It is the one artefact of training:
/// written to <c>.onnx</c>, embedded in ML.NET's <c>.zip</c>, scored by <see cref="SequenceTransformer"/> and <see cref="SequencePredictor"/>.
/// </summary>
public sealed class SequenceModel
{
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
        if (SequenceModelFile.Property(model, StepGraph.Key) is not { } stored)
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
        SHA256.HashData(ModelProto.Parser.ParseFrom(OnnxBytes).Graph.ToByteArray());

    /// <summary>The model, for what scores whole sequences.</summary>
    /// <exception cref="ArgumentException">Its graph is one step.</exception>
    internal SequenceModel OfSequences() => Manifest.IsStreaming
        ? throw new ArgumentException("The model is the streaming form, which takes one observation at a time and hands its state from "
            + "step to step: score it by StreamingPredictor, or export it without OnnxExportOptions.Streaming.")
        : this;

    /// <param name="graph">The model's graph.</param>
    /// <param name="manifest">What it is.</param>
    /// <param name="step">One step of it, if it can be run so; it shares the weights, which are stored once.</param>
    internal static SequenceModel Create(ModelProto graph, SequenceModelManifest manifest, GraphProto? step = null) =>
        new(SequenceModelFile.Write(graph, manifest, step), manifest, "The model");

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
        var step = SequenceModelFile.Property(model, StepGraph.Key) is { } stored ? rewrite(StepGraph.Restore(stored, model.Graph)) : null;
        model.Graph = rewrite(model.Graph);
        Operators.Import(model, step);
        return Create(model, manifest, step);
    }

    internal SequenceModel With(SequenceModelManifest manifest) => Create(ModelProto.Parser.ParseFrom(OnnxBytes), manifest);

    internal static SequenceModel FromBytes(byte[] bytes, string source) => new(bytes, SequenceModelFile.Read(bytes, source), source);
}
