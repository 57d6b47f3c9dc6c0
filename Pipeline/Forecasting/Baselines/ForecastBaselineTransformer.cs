using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MlNetRnn;

[assembly: LoadableClass(typeof(ITransformer), typeof(ForecastBaselineTransformer), null, typeof(SignatureLoadModel),
    "Forecasting baseline", ForecastBaselineTransformer.LoaderSignature)]

namespace MlNetRnn;

/// <summary>
/// Forecasts the steps after each window by a method without training; made by <see cref="ForecastBaselineEstimator"/>, saved and loaded
/// with the model.
/// </summary>
public sealed class ForecastBaselineTransformer : ITransformer, ICanSaveModel
{
    internal const string LoaderSignature = "MlNetRnnBaseline"; // 24 characters at most

    /// <summary>The newest format of the payload; raised only when an older build could not read it or would give other rows.</summary>
    internal const int Format = 1;

    private const int MostBytes = 1 << 24; // more is damage, for which nothing is allocated

    private readonly IHostEnvironment _env;
    private readonly BaselineSettings _settings;

    internal ForecastBaselineTransformer(IHostEnvironment env, BaselineSettings settings) => (_env, _settings) = (env, settings);

    /// <summary>The options it was made with.</summary>
    public BaselineOptions Options => _settings.Options;

    /// <summary>The column of forecasts, Vector&lt;Single, <see cref="Horizon"/>&gt;.</summary>
    public string OutputColumnName => _settings.OutputColumnName;

    /// <summary>The window column.</summary>
    public string InputColumnName => _settings.InputColumnName;

    /// <summary>The number of steps ahead.</summary>
    public int Horizon => _settings.Horizon;

    /// <summary>Always <see langword="true"/>: each window gives a row of forecasts.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The columns after forecasting: the input's, then the forecasts, bounds and quantiles.</summary>
    /// <param name="inputSchema">The columns of the windows.</param>
    /// <returns>The columns of the data with forecasts.</returns>
    /// <exception cref="ArgumentException">The window column is missing or has a wrong type.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return RowToRowMapperTransform.GetOutputSchema(inputSchema, MakeMapper(inputSchema));
    }

    /// <summary>Makes the mapper that forecasts one row at a time, as <see cref="PredictionEngine{TSrc, TDst}"/> does.</summary>
    /// <param name="inputSchema">The columns of the windows.</param>
    /// <returns>The mapper.</returns>
    /// <exception cref="ArgumentException">The window column is missing or has a wrong type.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Map(new EmptyDataView(_env, inputSchema));
    }

    /// <summary>A lazy view with the forecasts added: nothing is read before a cursor moves.</summary>
    /// <param name="input">The windows.</param>
    /// <returns>The data's columns and the forecasts, row by row.</returns>
    /// <exception cref="ArgumentException">The window column is missing or has a wrong type.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Map(input);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        SlidingWindowTransformer.WritePayload(ctx.Writer, Format, _settings.ToJson());
    }

    private RowToRowMapperTransform Map(IDataView input) => new(_env, input, MakeMapper(input.Schema), MakeMapper);

    private Mapper MakeMapper(DataViewSchema schema) => new(this, BaselineColumns.FindInput(_settings, schema));

    internal static BaselineSettings ReadPayload(BinaryReader reader)
    {
        var format = reader.ReadInt32();
        if (format > Format)
            throw new InvalidDataException($"The saved forecasting baseline has format {format}; this version of MlNetRnn "
                + $"({typeof(ForecastBaselineTransformer).Assembly.GetName().Version}) reads formats up to {Format}. "
                + "Load it with the version of MlNetRnn that saved it, or a later one.");
        var length = reader.ReadInt32();
        var json = length is < 0 or > MostBytes || format < 1 ? [] : reader.ReadBytes(length);
        if (format < 1 || json.Length != length)
            throw new InvalidDataException($"The saved forecasting baseline is damaged: format {format}, {json.Length} of {length} bytes. "
                + "Copy the model file again, or save the model again.");
        return BaselineSettings.FromJson(json);
    }

    // Model signature: exactly 8 characters. The simple assembly name: models outlive releases.
    private static VersionInfo Version() => new("MRNNBASE", 0x00010001, 0x00010001, 0x00010001,
        typeof(ForecastBaselineTransformer).Assembly.GetName().Name!, LoaderSignature);

    [SuppressMessage("Performance", "CA1859:Use concrete types when possible", Justification = "ML.NET finds it by its exact return type.")]
    [SuppressMessage("CodeQuality", "IDE0051:Remove unused private members", Justification = "ML.NET calls it by reflection.")]
    private static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new ForecastBaselineTransformer(env, ReadPayload(ctx.Reader));
    }

    /// <summary>Forecasts rows of one schema.</summary>
    private sealed class Mapper(ForecastBaselineTransformer parent, DataViewSchema.Column window) : IRowMapper
    {
        public Func<int, bool> GetDependencies(Func<int, bool> activeOutput)
        {
            var any = parent._settings.Outputs().Where((_, i) => activeOutput(i)).Any();
            return column => any && column == window.Index;
        }

        public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var outputs = parent._settings.Outputs().Select((_, i) => activeOutput(i)).ToArray();
            if (!outputs.Contains(true))
                return new Delegate[outputs.Length];
            var getters = new BaselineRun(input, window, parent._settings).Getters(parent._settings);
            return [.. getters.Select((getter, i) => outputs[i] ? getter : null!)];
        }

        public DataViewSchema.DetachedColumn[] GetOutputColumns() => BaselineColumns.Make(parent._settings);

        public ITransformer GetTransformer() => parent;

        public void Save(ModelSaveContext ctx) => ((ICanSaveModel)parent).Save(ctx);
    }
}
