using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Rows after the steps before the windowing, with the raw columns that a file takes beside them under names of their own, whatever
/// those steps hide or drop: one pass over the rows gives both.
/// </summary>
internal sealed class RowsWithRawColumns : IDataView
{
    private readonly IDataView _rows;
    private readonly CompositeRowToRowMapper _before;
    private readonly DataViewSchema.Column[] _joint; // raw

    public RowsWithRawColumns(ConvertedChain chain, IDataView rows)
    {
        _rows = rows;
        _before = Bind(chain, rows.Schema);
        UnusedName = Unused(_before.OutputSchema);
        _joint = [.. RawColumns(chain).Select(c => rows.Schema[c.Name])];
        Separate = [.. chain.Inputs.Separate.Select(c => (rows.Schema[c.Name], SampleValues.Create(c)))];
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(_before.OutputSchema); // at their own indices
        foreach (var column in _joint)
            builder.AddColumn($"{UnusedName}.{column.Name}", column.Type);
        foreach (var (column, _) in Separate)
            builder.AddColumn($"{UnusedName}.{column.Name} in parts", Encoded(column));
        Schema = builder.ToSchema();
    }

    /// <summary>A name that begins no column's.</summary>
    public string UnusedName { get; }

    /// <summary>The raw columns that are inputs of their own, and what their values go through the windowing as.</summary>
    public (DataViewSchema.Column Column, SampleValues Values)[] Separate { get; }

    /// <summary>The names of the columns added, in the order in which the file takes them.</summary>
    public ImmutableArray<string> Added => [.. Schema.Skip(_before.OutputSchema.Count).Select(c => c.Name)];

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => _rows.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        DataViewSchema.Column[] prepared = [.. columns.Where(c => AddedIndex(c) < 0).Select(c => _before.OutputSchema[c.Index])];
        var raw = ((IRowToRowMapper)_before).GetDependencies(prepared).Concat(_joint).Concat(Separate.Select(s => s.Column))
            .DistinctBy(c => c.Index).Select(c => _rows.Schema[c.Index]);
        var cursor = _rows.GetRowCursor(raw);
        return new Cursor(cursor, ((IRowToRowMapper)_before).GetRow(cursor, prepared), this, LinkedCursor.ActiveColumns(Schema, columns));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private int AddedIndex(DataViewSchema.Column column) => column.Index - _before.OutputSchema.Count;

    private static IEnumerable<DataViewSchema.Column> RawColumns(ConvertedChain chain) => chain.IsFolded
        ? chain.Inputs.Joint
        : chain.WindowedColumns.Select(c => chain.Origin(chain.WindowAt!.Value, c).Column);

    private static CompositeRowToRowMapper Bind(ConvertedChain chain, DataViewSchema schema)
    {
        var mappers = new List<IRowToRowMapper>();
        for (int level = 1; level <= chain.WindowAt; level++)
            mappers.Add(chain.StepTo(level).Transformer.GetRowToRowMapper(mappers.Count == 0 ? schema : mappers[^1].OutputSchema));
        return new(schema, [.. mappers]);
    }

    private static string Unused(DataViewSchema schema)
    {
        int i = 0;
        while (schema.Any(c => c.Name.StartsWith($"raw{i}", StringComparison.Ordinal)))
            i++;
        return $"raw{i}";
    }

    private static VectorDataViewType Encoded(DataViewSchema.Column column) =>
        new(NumberDataViewType.Single, OnnxTypes.Size(column.Type) * SampleValues.Parts);

    private sealed class Cursor(DataViewRowCursor input, DataViewRow prepared, RowsWithRawColumns rows, bool[] active)
        : LinkedCursor(input, rows.Schema, active)
    {
        public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            CheckActive(column);
            int added = rows.AddedIndex(column);
            if (added < 0)
                return prepared.GetGetter<TValue>(prepared.Schema[column.Index]);
            if (added < rows._joint.Length)
                return Input.GetGetter<TValue>(Input.Schema[rows._joint[added].Index]);
            var (source, values) = rows.Separate[added - rows._joint.Length];
            var encode = values.Encoder(Input, Input.Schema[source.Index]);
            return CheckedGetter<TValue>(
                VectorGetter.Create(OnnxTypes.Size(source.Type) * SampleValues.Parts, parts => encode(parts)), column);
        }

        protected override bool MoveNextCore() => Input.MoveNext();
    }
}
