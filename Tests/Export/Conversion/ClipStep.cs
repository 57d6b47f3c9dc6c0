using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>A user's own step: a column of Single, cut off below a minimum, under another name. It is no class of ML.NET's.</summary>
internal sealed class ClipStep(string output, string input, float minimum) : ITransformer
{
    public string Input => input;

    public float Minimum => minimum;

    public bool IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        builder.AddColumn(output, NumberDataViewType.Single);
        return builder.ToSchema();
    }

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    public IDataView Transform(IDataView data) => new View(data, this);

    public void Save(ModelSaveContext ctx) => throw new NotSupportedException();

    private sealed class Mapper(ClipStep step, DataViewSchema schema) : IRowToRowMapper
    {
        public DataViewSchema InputSchema => schema;

        public DataViewSchema OutputSchema { get; } = step.GetOutputSchema(schema);

        public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
            dependingColumns.Select(c => c.Index < schema.Count ? schema[c.Index] : schema[step.Input]).DistinctBy(c => c.Index);

        public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => new Row(input, step, OutputSchema);
    }

    private sealed class Row(DataViewRow row, ClipStep step, DataViewSchema schema) : WrappingRow(row)
    {
        public override DataViewSchema Schema => schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => column.Index < Input.Schema.Count
            ? Input.GetGetter<TValue>(Input.Schema[column.Index])
            : (ValueGetter<TValue>)(object)step.Getter(Input);
    }

    private sealed class View(IDataView data, ClipStep step) : IDataView
    {
        public DataViewSchema Schema { get; } = step.GetOutputSchema(data.Schema);

        public bool CanShuffle => false;

        public long? GetRowCount() => data.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            var columns = columnsNeeded.ToArray();
            var input = data.GetRowCursor(columns.Select(c => c.Index < data.Schema.Count ? data.Schema[c.Index] : data.Schema[step.Input]).DistinctBy(c => c.Index));
            return new Cursor(input, step, Schema, LinkedCursor.ActiveColumns(Schema, columns));
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded, rand)];
    }

    private sealed class Cursor(DataViewRowCursor input, ClipStep step, DataViewSchema schema, bool[] active) : LinkedCursor(input, schema, active)
    {
        public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => column.Index < Input.Schema.Count
            ? Input.GetGetter<TValue>(Input.Schema[column.Index])
            : (ValueGetter<TValue>)(object)step.Getter(Input);

        protected override bool MoveNextCore() => Input.MoveNext();
    }

    private ValueGetter<float> Getter(DataViewRow row)
    {
        var get = row.GetGetter<float>(row.Schema[input]);
        return (ref float value) =>
        {
            get(ref value);
            value = value < minimum ? minimum : value; // NaN stays
        };
    }
}

/// <summary>The converter that the user gives with it.</summary>
internal sealed class ClipConverter(OnnxStepEffect effect = OnnxStepEffect.Elementwise) : OnnxStepConverter<ClipStep>
{
    protected override OnnxColumn Convert(ClipStep transformer, OnnxStepContext context)
    {
        var (graph, input) = (context.Graph, context.Input(transformer.Input));
        string below = graph.Node("Less", [input.Value, graph.Singles(transformer.Minimum)]);
        return context.Output(graph.Node("Where", [below, graph.Singles(transformer.Minimum), input.Value]), effect);
    }
}
