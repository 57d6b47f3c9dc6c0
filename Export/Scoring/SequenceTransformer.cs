using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MlNetRnn;

[assembly: LoadableClass(
    typeof(ITransformer), typeof(SequenceTransformer), null, typeof(SignatureLoadModel), "Sequence model", SequenceTransformer.LoaderSignature)]

namespace MlNetRnn;

/// <summary>
/// Scores a column of sequences with a trained model, through ONNX Runtime alone: it adds the model's output columns to the data.
/// </summary>
/// <remarks>
/// Rows are scored in batches inside the cursor, from one pass over the input. Row to row, so that it serves in a
/// <see cref="PredictionEngine{TSrc, TDst}"/>; written by <c>ml.Model.Save</c> and read by <c>ml.Model.Load</c> with no registration call.
/// </remarks>
public sealed class SequenceTransformer
    : ITransformer, ICanSaveModel, ISingleFeaturePredictionTransformer<SequenceModel>, ISingleFeaturePredictionTransformer, IDisposable
{
    internal const string LoaderSignature = "MlNetRnnSequenceModel";

    private const int PayloadFormat = 1;
    private const string OnnxEntry = "model.onnx";

    private readonly SessionCache _sessions;

    internal SequenceTransformer(SequenceModel model)
    {
        Model = model.OfSequences();
        _sessions = new SessionCache(Model);
    }

    /// <summary>
    /// Joins models into one whose prediction is the mean of theirs, of classes the mean probability (of two classes the mean logit): of
    /// networks of several kinds, for example, where <c>RecurrentOptions.Members</c> averages those of one kind. What is told of the network
    /// is that of the first.
    /// </summary>
    /// <param name="models">Two or more that take and give the same columns; each counts alike. They stay as they are.</param>
    /// <returns>The joint model.</returns>
    /// <exception cref="ArgumentException">There are fewer than two, or they do not take and give the same; the message says what differs.</exception>
    public static SequenceTransformer Average(params IReadOnlyList<SequenceTransformer> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count < 2)
            throw new ArgumentException($"{models.Count} models were given; an average is of two or more.", nameof(models));
        var first = models[0].Model.Manifest;
        for (int i = 1; i < models.Count; i++)
        {
            if (ModelAverage.Difference(first, models[i].Model.Manifest) is { } difference)
                throw new ArgumentException($"Model {i + 1} cannot be averaged with the first: {difference}", nameof(models));
        }
        return new SequenceTransformer(ModelAverage.Of([.. models.Select(m => m.Model)]));
    }

    /// <summary>The model: its ONNX graph and manifest.</summary>
    public SequenceModel Model { get; }

    /// <summary>The training history: one entry per epoch with losses, errors, learning rate and seconds.</summary>
    public IReadOnlyList<EpochMetrics> History => Model.Manifest.Training.History;

    /// <inheritdoc cref="SequenceModel.Summary"/>
    public string Summary() => Model.Summary();

    /// <summary>The column of sequences.</summary>
    public string FeatureColumnName => Model.Manifest.FeatureColumnName;

    /// <summary>
    /// The type of the column of sequences: <c>Vector&lt;Single, steps, features&gt;</c>, or <c>Vector&lt;Key, steps&gt;</c> of tokens; 0 steps
    /// where their number varies.
    /// </summary>
    public DataViewType FeatureColumnType => Model.Manifest.Tokens is > 0 and int tokens
        ? new VectorDataViewType(new KeyDataViewType(typeof(uint), tokens), Model.Manifest.Steps)
        : new VectorDataViewType(NumberDataViewType.Single, Model.Manifest.Steps, Model.Manifest.Features);

    /// <summary>Always <see langword="true"/>: each row of sequences gives a row of scores.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The columns after scoring: the input's, then the model's outputs.</summary>
    /// <param name="inputSchema">The columns of the data to score.</param>
    /// <returns>The columns of the scored data.</returns>
    /// <exception cref="ArgumentException">The column of sequences is missing or has a wrong type or shape.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new ScoreBindings(Model.Manifest, inputSchema).OutputSchema;

    /// <summary>Makes the mapper that scores one row at a time, as <see cref="PredictionEngine{TSrc, TDst}"/> does.</summary>
    /// <param name="inputSchema">The columns of the rows to score.</param>
    /// <returns>The mapper.</returns>
    /// <exception cref="ArgumentException">The column of sequences is missing or has a wrong type or shape.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new ScoreRowMapper(new ScoreBindings(Model.Manifest, inputSchema), _sessions);

    /// <summary>A lazy view with the model's outputs added: nothing is scored before a cursor moves.</summary>
    /// <param name="input">The data to score, with the column of sequences.</param>
    /// <returns>The data's columns and the model's outputs, row by row.</returns>
    /// <exception cref="ArgumentException">The column of sequences is missing or has a wrong type or shape.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoreDataView(input, new ScoreBindings(Model.Manifest, input.Schema), _sessions);
    }

    /// <summary>Lets the ONNX Runtime session go. Engines and cursors that are in use keep it; a later use opens it again.</summary>
    public void Dispose() => _sessions.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(GetVersionInfo());
        ctx.Writer.Write(PayloadFormat);
        ctx.Writer.Write(SHA256.HashData(Model.OnnxBytes));
        ctx.SaveBinaryStream(OnnxEntry, writer => writer.Write(Model.OnnxBytes)); // a file of its own in the zip: any tool can take it out
    }

    [SuppressMessage("Performance", "CA1859:Use concrete types when possible", Justification = "ML.NET finds it by its exact return type.")]
    [SuppressMessage("CodeQuality", "IDE0051:Remove unused private members", Justification = "ML.NET calls it by reflection.")]
    private static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(GetVersionInfo());
        int format = ctx.Reader.ReadInt32();
        if (format > PayloadFormat)
        {
            throw new FormatException(
                $"The sequence model in this file has format {format}; this version of MlNetRnn reads formats up to {PayloadFormat}. "
                    + "Update the MlNetRnn packages.");
        }
        byte[] checksum = ctx.Reader.ReadBytes(SHA256.HashSizeInBytes);
        return new SequenceTransformer(SequenceModel.FromBytes(ReadOnnx(ctx, checksum), "The sequence model in this file"));
    }

    private static byte[] ReadOnnx(ModelLoadContext ctx, byte[] checksum)
    {
        using var buffer = new MemoryStream();
        bool found = ctx.TryLoadBinaryStream(OnnxEntry, reader => reader.BaseStream.CopyTo(buffer));
        byte[] onnx = buffer.ToArray();
        if (!found || !SHA256.HashData(onnx).AsSpan().SequenceEqual(checksum))
        {
            throw new FormatException(
                $"The sequence model in this file is corrupted: its '{OnnxEntry}' entry "
                    + $"{(found ? "does not match its checksum (SHA-256)" : "is missing")}. Copy or save the model anew.");
        }
        return onnx;
    }

    private static VersionInfo GetVersionInfo() => new(
        modelSignature: "MLRNNSEQ",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(SequenceTransformer).Assembly.GetName().Name, // without version: models outlive releases
        loaderSignature: LoaderSignature);
}
