using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// The rows that a pushed object goes through, made once: the object's columns, the steps before the windowing, the window, the steps
/// after it, the prediction's columns. Only what the prediction depends on is computed.
/// </summary>
internal sealed class EngineRows<TIn, TOut> : IDisposable
    where TIn : class
    where TOut : class, new()
{
    private readonly DataViewConstructionUtils.InputRow<TIn> _input;
    private readonly IRowReadableAs<TOut> _output;

    public EngineRows(MLContext ml, WindowedPipeline pipeline, DataViewSchema? inputSchema)
    {
        _input = DataViewConstructionUtils.CreateInputRow<TIn>(ml, Definition(ml, inputSchema));
        // Forwards: the schemas, completed where a step names a column that the class lacks …
        var raw = new CompletedSchema(_input.Schema, Missing(_input.Schema, inputSchema));
        IRowToRowMapper before = Bind(pipeline, 0, pipeline.WindowIndex, raw.Schema);
        var series = new CompletedSchema(before.OutputSchema, Ahead(before.OutputSchema, pipeline.Window.Settings));
        var binding = Attempt(pipeline, pipeline.WindowIndex, () => new WindowBinding(pipeline.Window.Settings, series.Schema));
        IRowToRowMapper after = Bind(pipeline, pipeline.WindowIndex + 1, pipeline.Steps.Length, binding.OutputSchema);
        OutputSchema = after.OutputSchema;
        // … and backwards: the columns that the prediction depends on, which must have values.
        var outputs = OutputColumns();
        DataViewSchema.Column[] windowed = [.. after.GetDependencies(outputs)];
        bool[] active = Active(windowed, binding);
        var read = binding.Needed(active).ToArray();
        CheckValues(series, read);
        DataViewSchema.Column[] prepared = [.. read.Select(c => before.OutputSchema[c.Index])];
        CheckValues(raw, before.GetDependencies(prepared));

        var typed = TypedCursorable<TOut>.Create(ml, new EmptyDataView(ml, OutputSchema), ignoreMissingColumns: false, null);
        bool withStatics = binding.StaticIndex is { } statics && active[statics];
        Window = new WindowedRow(series.Complete(before.GetRow(raw.Complete(_input), prepared)), binding, withStatics);
        _output = typed.GetRow(after.GetRow(Window, outputs));
    }

    /// <summary>The columns that a prediction can have.</summary>
    public DataViewSchema OutputSchema { get; }

    public WindowedRow Window { get; }

    /// <summary>Makes an object the current row.</summary>
    public void Read(TIn row) => _input.ExtractValues(row);

    /// <summary>Computes the prediction for the current row.</summary>
    public void Write(TOut prediction) => _output.FillValues(prediction);

    /// <summary>Frees what the steps hold, such as the model's buffers; not the steps themselves.</summary>
    public void Dispose() => _output.Dispose();

    // Where the model's own input schema is known, its types hold, as in ML.NET: vector sizes, keys and their values.
    private static SchemaDefinition? Definition(MLContext ml, DataViewSchema? inputSchema)
    {
        if (inputSchema is null)
            return null;
        var names = SchemaDefinition.Create(typeof(TIn), SchemaDefinition.Direction.Read).Select(c => c.ColumnName).ToHashSet();
        var known = new DataViewSchema.Builder();
        foreach (var column in inputSchema.Where(c => !c.IsHidden && names.Contains(c.Name)))
            known.AddColumn(column.Name, column.Type, column.Annotations);
        return DataViewConstructionUtils.GetSchemaDefinition<TIn>(ml, known.ToSchema());
    }

    private static DataViewSchema.DetachedColumn[] Missing(DataViewSchema schema, DataViewSchema? inputSchema) =>
        [.. (inputSchema ?? schema).Where(c => !c.IsHidden && schema.GetColumnOrNull(c.Name) is null)
            .Select(c => new DataViewSchema.DetachedColumn(c.Name, c.Type, c.Annotations))];

    // Targets and future-known columns are read for the rows ahead alone, and a row that is served has none.
    private static DataViewSchema.DetachedColumn[] Ahead(DataViewSchema schema, SlidingWindowSettings settings) =>
        [.. settings.Targets.Concat(settings.FutureColumnNames).Distinct()
            .Where(name => schema.GetColumnOrNull(name) is null && !settings.InputColumnNames.Contains(name))
            .Select(name => new DataViewSchema.DetachedColumn(name, NumberDataViewType.Single))];

    private CompositeRowToRowMapper Bind(WindowedPipeline pipeline, int start, int end, DataViewSchema schema)
    {
        var mappers = new List<IRowToRowMapper>();
        for (int i = start; i < end; i++)
        {
            var (step, input) = (pipeline.Steps[i], mappers.Count == 0 ? schema : mappers[^1].OutputSchema);
            mappers.Add(Attempt(pipeline, i, () => step.GetRowToRowMapper(input)));
        }
        return new CompositeRowToRowMapper(schema, [.. mappers]);
    }

    private T Attempt<T>(WindowedPipeline pipeline, int step, Func<T> bind)
    {
        try
        {
            return bind();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new ArgumentException($"In the model, {PipelineSteps.Name(pipeline.Steps, step)} cannot read rows of {typeof(TIn).Name}: "
                + $"{e.Message.TrimEnd('.')}. {Columns()} Add the column to {typeof(TIn).Name}; or, where the prediction does not depend "
                + "on it, give inputSchema, which ml.Model.Load hands out.", e);
        }
    }

    private DataViewSchema.Column[] OutputColumns()
    {
        string[] names = [.. SchemaDefinition.Create(typeof(TOut), SchemaDefinition.Direction.Write).Select(c => c.ColumnName)];
        string[] unknown = [.. names.Where(name => OutputSchema.GetColumnOrNull(name) is null)];
        if (unknown.Length > 0)
        {
            throw new ArgumentException($"{typeof(TOut).Name} has {Quoted(unknown)}, which the model does not give; it gives "
                + $"{Quoted(OutputSchema.Where(c => !c.IsHidden).Select(c => c.Name))}. Rename the member or mark it [NoColumn].");
        }
        return [.. names.Select(name => OutputSchema[name])];
    }

    // Which columns of the windowing are read: always the window, whose history grows with every row, and never the label, which no row
    // that is served has.
    private static bool[] Active(DataViewSchema.Column[] windowed, WindowBinding binding)
    {
        bool[] active = LinkedCursor.ActiveColumns(binding.OutputSchema, windowed);
        if (binding.FutureIndex is { } future && active[future])
            throw new NotSupportedException($"The prediction depends on '{binding.Settings.FutureOutputColumnName}', the future-known values of the "
                + "rows ahead, which rows that are pushed one at a time do not bring: use Transform over rows that include them.");
        (active[binding.WindowIndex], active[binding.LabelIndex]) = (true, false);
        return active;
    }

    private void CheckValues(CompletedSchema completed, IEnumerable<DataViewSchema.Column> needed)
    {
        string[] missing = [.. needed.Where(completed.IsAdded).Select(c => c.Name)];
        if (missing.Length > 0)
            throw new ArgumentException($"The prediction depends on {Quoted(missing)}, which {typeof(TIn).Name} lacks. {Columns()}");
    }

    private string Columns() => $"{typeof(TIn).Name} has {Quoted(_input.Schema.Select(c => c.Name))}.";

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
