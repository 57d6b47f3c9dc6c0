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
public sealed class SeriesScaleTransformer : RowToRowTransformerBase
{
    internal const string LoaderSignature = "MlNetRnnSeriesScale"; // 24 characters at most

    private readonly SeriesScales _scales;

    internal SeriesScaleTransformer(IHostEnvironment env, SeriesScales scales)
        : base(env.Register(nameof(SeriesScaleTransformer))) => _scales = scales;

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

    /// <inheritdoc/>
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    /// <inheritdoc/>
    protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        _scales.Save(ctx.Writer);
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

    private sealed class Mapper : MapperBase
    {
        private static readonly ReadOnlyMemory<char>[] s_names = ["Location".AsMemory(), "Scale".AsMemory()];

        private readonly SeriesScaleTransformer _parent;
        private readonly DataViewSchema.Column? _group;

        public Mapper(SeriesScaleTransformer parent, DataViewSchema schema)
            : base(parent.Host, schema, parent)
        {
            parent._scales.Settings.CheckSource(SchemaShape.Create(schema), isFitting: false);
            (_parent, _group) = (parent, parent.GroupColumnName is { } name ? schema[name] : null);
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            var builder = new DataViewSchema.Annotations.Builder();
            builder.AddNames(s_names.Length, () => s_names);
            return [new(_parent.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, 2), builder.ToAnnotations())];
        }

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action disposer)
        {
            disposer = null!;
            var find = _parent._scales.Finder(input, _group is { } group ? input.Schema[group.Index] : null);
            return VectorGetter.Create(2, values => (values[0], values[1]) = find());
        }

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
            => column => activeOutput(0) && column == _group?.Index;

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
