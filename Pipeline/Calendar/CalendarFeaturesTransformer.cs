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
public sealed class CalendarFeaturesTransformer : RowToRowTransformerBase
{
    internal const string LoaderSignature = "MlNetRnnCalendar"; // 24 characters at most

    private readonly CalendarSettings _settings;

    internal CalendarFeaturesTransformer(IHostEnvironment env, CalendarSettings settings)
        : base(env.Register(nameof(CalendarFeaturesTransformer))) => _settings = settings;

    /// <summary>The column of features, Vector&lt;Single, 2 × fields&gt;.</summary>
    public string OutputColumnName => _settings.OutputColumnName;

    /// <summary>The column of times.</summary>
    public string InputColumnName => _settings.InputColumnName;

    /// <summary>The fields whose phases are the features.</summary>
    public CalendarFields Fields => _settings.Fields;

    /// <inheritdoc/>
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    /// <inheritdoc/>
    protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        _settings.Save(ctx.Writer);
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

    private sealed class Mapper : MapperBase
    {
        private readonly CalendarFeaturesTransformer _parent;
        private readonly CalendarPhase[] _phases;
        private readonly DataViewSchema.Column _time;

        public Mapper(CalendarFeaturesTransformer parent, DataViewSchema schema)
            : base(parent.Host, schema, parent)
        {
            parent._settings.CheckSource(SchemaShape.Create(schema));
            (_parent, _phases) = (parent, CalendarPhase.Find(parent.Fields));
            _time = schema[parent.InputColumnName];
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            var builder = new DataViewSchema.Annotations.Builder();
            ReadOnlyMemory<char>[] names = [.. _phases.SelectMany(phase => new[] { $"{phase.Name}Sin".AsMemory(), $"{phase.Name}Cos".AsMemory() })];
            builder.AddNames(names.Length, () => names);
            return [new(_parent.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, names.Length), builder.ToAnnotations())];
        }

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action disposer)
        {
            disposer = null!;
            return _time.Type is DateTimeDataViewType
                ? Getter<DateTime>(input, time => time)
                : Getter<DateTimeOffset>(input, time => time.DateTime); // the clock where it was read
        }

        private ValueGetter<VBuffer<float>> Getter<T>(DataViewRow input, Func<T, DateTime> clock)
        {
            var get = input.GetGetter<T>(input.Schema[_time.Index]);
            T time = default!;
            return VectorGetter.Create(2 * _phases.Length, values =>
            {
                get(ref time);
                CalendarPhase.Write(_phases, clock(time), values);
            });
        }

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
            => column => activeOutput(0) && column == _time.Index;

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
