using Microsoft.ML;

namespace MlNetRnn;

/// <summary>A fitted chain that forecasts: row-to-row steps, one windowing, and row-to-row steps that make the forecast.</summary>
internal sealed class ForecastModel
{
    private readonly ITransformer[] _before;
    private readonly ITransformer[] _after;

    private ForecastModel(ITransformer[] before, SlidingWindowSettings window, ITransformer[] after)
        => (_before, Window, _after) = (before, window, after);

    public SlidingWindowSettings Window { get; }

    public int Horizon => Window.Horizon;

    /// <summary>Whether forecasts take values that are known ahead.</summary>
    public bool NeedsFuture => !Window.FutureColumnNames.IsDefaultOrEmpty;

    /// <exception cref="NotSupportedException">The model has no windowing step, two, or another step that is not row to row.</exception>
    public static ForecastModel Of(ITransformer model)
    {
        var pipeline = WindowedPipeline.Find(model) ?? throw new NotSupportedException("The model has no SlidingWindow step: "
            + $"{string.Join(", ", PipelineSteps.Of(model).Select(step => step.GetType().Name))}. A forecast goes on from rows: fit the "
            + "windowing and the forecasting model as one chain, or join the fitted parts: new TransformerChain<ITransformer>(windowing, model).");
        return new(pipeline.Steps[..pipeline.WindowIndex], pipeline.Window.Settings, [.. pipeline.After]);
    }

    /// <summary>Rows as the windowing takes them.</summary>
    public IDataView Prepare(IDataView rows) => _before.Aggregate(rows, (view, step) => step.Transform(view));

    /// <summary>The forecasts of the last row of each series.</summary>
    /// <param name="source">Prepared rows, those of a history and of the future.</param>
    /// <param name="ends">The series of the history.</param>
    /// <param name="hasFuture">Whether rows of the future follow those of all series.</param>
    public IDataView Score(IDataView source, SeriesEnds ends, bool hasFuture)
    {
        var settings = Window with
        {
            Stride = 1, // a stride thins the windows of training
            Groups = hasFuture && Window.GroupColumnName is not null ? SeriesGroups.Interleaved : Window.Groups,
        };
        var windows = new WindowedView(source, new WindowBinding(settings, source.Schema));
        return _after.Aggregate((IDataView)new AnchorRows(windows, ends), (view, step) => step.Transform(view));
    }

    /// <summary>The columns that the model gives for prepared rows.</summary>
    public DataViewSchema OutputSchema(DataViewSchema prepared)
        => _after.Aggregate(new WindowBinding(Window, prepared).OutputSchema, (schema, step) => step.GetOutputSchema(schema));

    /// <summary>The raw columns that some of the prepared ones are made from.</summary>
    public string[] RawColumns(DataViewSchema raw, IEnumerable<string> prepared)
    {
        List<DataViewSchema> schemas = [raw];
        foreach (var step in _before)
            schemas.Add(step.GetOutputSchema(schemas[^1]));
        DataViewSchema.Column[] columns = [.. prepared.Select(name => schemas[^1][name])];
        for (var i = _before.Length - 1; i >= 0; i--)
        {
            var mapper = _before[i].GetRowToRowMapper(schemas[i]);
            columns = [.. mapper.GetDependencies(columns.Select(column => mapper.OutputSchema[column.Index]))];
        }
        return [.. columns.Select(column => column.Name).Distinct()];
    }
}
