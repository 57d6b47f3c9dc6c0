using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MlNetRnn;

[assembly: LoadableClass(typeof(ITransformer), typeof(SeriesScaleTransformer), null, typeof(SignatureLoadModel),
    "Series scale", SeriesScaleTransformer.LoaderSignature)]

namespace MlNetRnn;

/// <summary>
/// Adds the location and scale of its series to each row; made by <see cref="SeriesScaleEstimator"/>, saved and loaded with the model.
/// </summary>
public sealed class SeriesScaleTransformer : ITransformer, ICanSaveModel
{
    internal const string LoaderSignature = "MlNetRnnSeriesScale"; // 24 characters at most

    private readonly IHostEnvironment _env;
    private readonly SeriesScales _scales;

    internal SeriesScaleTransformer(IHostEnvironment env, SeriesScales scales) => (_env, _scales) = (env, scales);

    /// <summary>The column of location and scale, Vector&lt;Single, 2&gt;.</summary>
    public string OutputColumnName => _scales.Settings.OutputColumnName;

    /// <summary>The column of values that they were learnt of.</summary>
    public string InputColumnName => _scales.Settings.InputColumnName;

    /// <summary>The column that tells series apart, or null.</summary>
    public string? GroupColumnName => _scales.Settings.GroupColumnName;

    /// <summary>What location and scale are.</summary>
    public SeriesScaling Scaling => _scales.Settings.Scaling;

    /// <summary>What becomes of rows of series that were not there at fitting.</summary>
    public UnseenSeriesPolicy UnseenSeries => _scales.Settings.UnseenSeries;

    /// <summary>Always <see langword="true"/>: each row gives a row.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The input's columns, and location and scale.</summary>
    /// <param name="inputSchema">The columns of the rows.</param>
    /// <returns>The columns of the transformed data.</returns>
    /// <exception cref="ArgumentException">The group column is missing or of a wrong type.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return RowToRowMapperTransform.GetOutputSchema(inputSchema, MakeMapper(inputSchema));
    }

    /// <summary>Makes the mapper of one row at a time, as <see cref="PredictionEngine{TSrc, TDst}"/> needs it.</summary>
    /// <param name="inputSchema">The columns of the rows.</param>
    /// <returns>The mapper.</returns>
    /// <exception cref="ArgumentException">The group column is missing or of a wrong type.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Map(new EmptyDataView(_env, inputSchema));
    }

    /// <summary>A lazy view with location and scale added: nothing is read before a cursor moves.</summary>
    /// <param name="input">The rows.</param>
    /// <returns>The data's columns, and location and scale.</returns>
    /// <exception cref="ArgumentException">The group column is missing or of a wrong type.</exception>
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
        _scales.Save(ctx.Writer);
    }

    private RowToRowMapperTransform Map(IDataView input) => new(_env, input, MakeMapper(input.Schema), MakeMapper);

    private AddedColumn MakeMapper(DataViewSchema schema)
    {
        _scales.Settings.CheckSource(SchemaShape.Create(schema), isFitting: false);
        var group = GroupColumnName is { } name ? schema[name].Index : (int?)null;
        return new(this, OutputColumnName, ["Location", "Scale"], group, row =>
        {
            var find = _scales.Finder(row, group is { } index ? row.Schema[index] : null);
            return VectorGetter.Create(2, values => (values[0], values[1]) = find());
        });
    }

    private static VersionInfo Version()
        => new("MRNNSSCL", 0x00010001, 0x00010001, 0x00010001, typeof(SeriesScaleTransformer).Assembly.GetName().Name!, LoaderSignature);

    [SuppressMessage("Performance", "CA1859:Use concrete types when possible", Justification = "ML.NET finds it by its exact return type.")]
    [SuppressMessage("CodeQuality", "IDE0051:Remove unused private members", Justification = "ML.NET calls it by reflection.")]
    private static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new SeriesScaleTransformer(env, SeriesScales.Load(ctx.Reader));
    }
}
