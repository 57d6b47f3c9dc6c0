using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MlNetRnn;

[assembly: LoadableClass(typeof(ITransformer), typeof(SlidingWindowTransformer), null, typeof(SignatureLoadModel),
    "Sliding window", SlidingWindowTransformer.LoaderSignature)]

namespace MlNetRnn;

/// <summary>
/// Makes windows of the last rows and labels of the next rows of a series; made by <see cref="SlidingWindowEstimator"/>, saved and
/// loaded with the model.
/// </summary>
public sealed class SlidingWindowTransformer : ITransformer, ICanSaveModel
{
    internal const string LoaderSignature = "MlNetRnnSlidingWindow"; // 24 characters at most

    /// <summary>The newest format of the payload; raised only when an older build could not read it or would give other rows.</summary>
    internal const int Format = 2;

    private const int MostBytes = 1 << 24; // more is damage, for which nothing is allocated

    private readonly SlidingWindowSettings _settings;

    internal SlidingWindowTransformer(SlidingWindowSettings settings) => _settings = settings;

    internal SlidingWindowSettings Settings => _settings;

    /// <summary>All settings, among them those that have no property of their own here.</summary>
    public SlidingWindowOptions Options => _settings.ToOptions();

    /// <summary>The window column, Vector&lt;Single, <see cref="WindowLength"/>, inputs&gt;.</summary>
    public string OutputColumnName => _settings.OutputColumnName;

    /// <summary>The columns that make a step of a window, in order.</summary>
    public ImmutableArray<string> InputColumnNames => _settings.InputColumnNames;

    /// <summary>The number of rows in a window.</summary>
    public int WindowLength => _settings.WindowLength;

    /// <summary>The number of rows that a label holds.</summary>
    public int Horizon => _settings.Horizon;

    /// <summary>The number of rows from one window to the next within a group.</summary>
    public int Stride => _settings.Stride;

    /// <summary>
    /// The label column: a Single when <see cref="Horizon"/> is 1, else Vector&lt;Single, <see cref="Horizon"/>&gt;; of several targets
    /// Vector&lt;Single, <see cref="Horizon"/>, targets&gt;.
    /// </summary>
    public string LabelColumnName => _settings.LabelColumnName;

    /// <summary>
    /// The column whose next values are the label; the first input when none was named, the first of several targets.
    /// </summary>
    public string TargetColumnName => _settings.TargetColumnName;

    /// <summary>The column that tells series apart, or null.</summary>
    public string? GroupColumnName => _settings.GroupColumnName;

    /// <summary>Always <see langword="false"/>: windowing changes the number of rows.</summary>
    public bool IsRowToRowMapper => false;

    /// <summary>The columns after windowing: the input's, then the window, the label, and what the options carry beside them.</summary>
    /// <param name="inputSchema">The columns of the series.</param>
    /// <returns>The columns of the transformed data.</returns>
    /// <exception cref="ArgumentException">A column is missing or has a wrong type; the text lists all problems.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new WindowBinding(_settings, inputSchema).OutputSchema;
    }

    /// <summary>Always throws: windowing changes the number of rows.</summary>
    /// <param name="inputSchema">Not used.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new InvalidOperationException(
        $"SlidingWindow reads several rows for each row of '{OutputColumnName}' and is not a row-to-row mapper. For a PredictionEngine, "
        + $"use the part of the chain after the windowing, whose input is the window column '{OutputColumnName}'.");

    /// <summary>A lazy view of the windows: nothing is read before a cursor moves, and each cursor reads the series once.</summary>
    /// <param name="input">The series, one row per time step.</param>
    /// <returns>A view with a row for each row of the series that has a window.</returns>
    /// <exception cref="ArgumentException">A column is missing or has a wrong type; the text lists all problems.</exception>
    /// <exception cref="InvalidOperationException">The rows were shuffled or drawn at random before the windowing.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        RandomSampling.Refuse(input, _settings.GroupColumnName);
        return new WindowedView(input, new WindowBinding(_settings, input.Schema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        WritePayload(ctx.Writer, _settings.Format, _settings.ToJson());
    }

    // int32 format, int32 length, JSON in UTF-8
    internal static void WritePayload(BinaryWriter writer, int format, byte[] json)
    {
        writer.Write(format);
        writer.Write(json.Length);
        writer.Write(json);
    }

    internal static SlidingWindowSettings ReadPayload(BinaryReader reader)
    {
        var format = reader.ReadInt32();
        if (format > Format)
            throw new InvalidDataException($"The saved sliding window has format {format}; this version of MlNetRnn "
                + $"({typeof(SlidingWindowTransformer).Assembly.GetName().Version}) reads formats up to {Format}. "
                + "Load it with the version of MlNetRnn that saved it, or a later one.");
        var length = reader.ReadInt32();
        var json = length is < 0 or > MostBytes || format < 1 ? [] : reader.ReadBytes(length);
        if (format < 1 || json.Length != length)
            throw new InvalidDataException($"The saved sliding window is damaged: format {format}, {json.Length} of {length} bytes. "
                + "Copy the model file again, or save the model again.");
        return SlidingWindowSettings.FromJson(json);
    }

    // Model signature: exactly 8 characters. The simple assembly name lets ml.Model.Load find this assembly by itself; the full one
    // would tie every model file to one version of the library.
    private static VersionInfo Version()
        => new("MRNNSLWN", 0x00010001, 0x00010001, 0x00010001, typeof(SlidingWindowTransformer).Assembly.GetName().Name!, LoaderSignature);

    [SuppressMessage("Performance", "CA1859:Use concrete types when possible", Justification = "ML.NET finds it by its exact return type.")]
    [SuppressMessage("CodeQuality", "IDE0051:Remove unused private members", Justification = "ML.NET calls it by reflection.")]
    private static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new SlidingWindowTransformer(ReadPayload(ctx.Reader));
    }
}
