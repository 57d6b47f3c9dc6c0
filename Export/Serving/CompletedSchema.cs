using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// A schema with columns added that have a type but no values: steps that name a column need it to be there, even where nothing that is
/// asked for depends on it.
/// </summary>
internal sealed class CompletedSchema
{
    private readonly int _original;

    public CompletedSchema(DataViewSchema schema, IReadOnlyCollection<DataViewSchema.DetachedColumn> missing)
    {
        _original = schema.Count;
        Schema = schema;
        if (missing.Count == 0)
            return;
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(schema); // at their own indices
        builder.AddColumns(missing);
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    /// <summary>Whether a column of <see cref="Schema"/> was added: it has no values.</summary>
    public bool IsAdded(DataViewSchema.Column column) => column.Index >= _original;

    /// <summary>A row of the schema before, as a row of the completed one.</summary>
    public DataViewRow Complete(DataViewRow row) => row.Schema == Schema ? row : new Row(row, this);

    private sealed class Row(DataViewRow input, CompletedSchema completed) : WrappingRow(input)
    {
        public override DataViewSchema Schema => completed.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column)
            => !completed.IsAdded(column) && Input.IsColumnActive(Input.Schema[column.Index]);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => completed.IsAdded(column)
            ? throw new InvalidOperationException($"Column '{column.Name}' has no values: the rows that are pushed do not have it.")
            : Input.GetGetter<TValue>(Input.Schema[column.Index]);
    }
}
