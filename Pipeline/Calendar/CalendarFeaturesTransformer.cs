using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MlNetRnn;

[assembly: LoadableClass(typeof(ITransformer), typeof(CalendarFeaturesTransformer), null, typeof(SignatureLoadModel),
    "Calendar features", CalendarFeaturesTransformer.LoaderSignature)]

namespace MlNetRnn;

/// <summary>
/// Adds the phases of the clock and the calendar to each row; made by <see cref="CalendarFeaturesEstimator"/>, saved and loaded with the
/// model.
/// </summary>
public sealed class CalendarFeaturesTransformer : ITransformer, ICanSaveModel
{
    internal const string LoaderSignature = "MlNetRnnCalendar"; // 24 characters at most

    private readonly IHostEnvironment _env;
    private readonly CalendarSettings _settings;

    internal CalendarFeaturesTransformer(IHostEnvironment env, CalendarSettings settings) => (_env, _settings) = (env, settings);

    /// <summary>The column of features, Vector&lt;Single, 2 × fields&gt;.</summary>
    public string OutputColumnName => _settings.OutputColumnName;

    /// <summary>The column of times.</summary>
    public string InputColumnName => _settings.InputColumnName;

    /// <summary>The fields whose phases are the features.</summary>
    public CalendarFields Fields => _settings.Fields;

    /// <summary>Always <see langword="true"/>: each row gives a row.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The input's columns, and the features.</summary>
    /// <param name="inputSchema">The columns of the rows.</param>
    /// <returns>The columns of the transformed data.</returns>
    /// <exception cref="ArgumentException">The column of times is missing or of another type.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return RowToRowMapperTransform.GetOutputSchema(inputSchema, MakeMapper(inputSchema));
    }

    /// <summary>Makes the mapper of one row at a time, as <see cref="PredictionEngine{TSrc, TDst}"/> needs it.</summary>
    /// <param name="inputSchema">The columns of the rows.</param>
    /// <returns>The mapper.</returns>
    /// <exception cref="ArgumentException">The column of times is missing or of another type.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Map(new EmptyDataView(_env, inputSchema));
    }

    /// <summary>A lazy view with the features added: nothing is read before a cursor moves.</summary>
    /// <param name="input">The rows.</param>
    /// <returns>The data's columns, and the features.</returns>
    /// <exception cref="ArgumentException">The column of times is missing or of another type.</exception>
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
        _settings.Save(ctx.Writer);
    }

    private RowToRowMapperTransform Map(IDataView input) => new(_env, input, MakeMapper(input.Schema), MakeMapper);

    private AddedColumn MakeMapper(DataViewSchema schema)
    {
        _settings.CheckSource(SchemaShape.Create(schema));
        var (time, phases) = (schema[InputColumnName], CalendarPhase.Find(Fields));
        string[] slots = [.. phases.SelectMany(phase => new[] { $"{phase.Name}Sin", $"{phase.Name}Cos" })];
        return new(this, OutputColumnName, slots, time.Index, row => time.Type is DateTimeDataViewType
            ? Getter<DateTime>(row, time.Index, phases, moment => moment)
            : Getter<DateTimeOffset>(row, time.Index, phases, moment => moment.DateTime)); // the clock where it was read
    }

    private static ValueGetter<VBuffer<float>> Getter<T>(DataViewRow row, int column, CalendarPhase[] phases, Func<T, DateTime> clock)
    {
        var get = row.GetGetter<T>(row.Schema[column]);
        T time = default!;
        return VectorGetter.Create(2 * phases.Length, values =>
        {
            get(ref time);
            CalendarPhase.Write(phases, clock(time), values);
        });
    }

    private static VersionInfo Version()
        => new("MRNNCALF", 0x00010001, 0x00010001, 0x00010001, typeof(CalendarFeaturesTransformer).Assembly.GetName().Name!, LoaderSignature);

    [SuppressMessage("Performance", "CA1859:Use concrete types when possible", Justification = "ML.NET finds it by its exact return type.")]
    [SuppressMessage("CodeQuality", "IDE0051:Remove unused private members", Justification = "ML.NET calls it by reflection.")]
    private static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new CalendarFeaturesTransformer(env, CalendarSettings.Load(ctx.Reader));
    }
}
