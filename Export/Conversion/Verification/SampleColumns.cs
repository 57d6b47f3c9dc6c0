using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>The raw columns of sample rows, for a file that takes rows or given sequences.</summary>
internal sealed class SampleColumns : SampleInputs
{
    private readonly DataViewSchema.Column[] _columns;
    private readonly SampleValues[] _values;
    private readonly Action[] _readers;
    private readonly int _features; // of a step, where the one column holds sequences; else 0

    public SampleColumns(ConvertedChain chain, IDataView rows)
        : this(chain, rows, Columns(chain, rows.Schema))
    {
    }

    private SampleColumns(ConvertedChain chain, IDataView rows, DataViewSchema.Column[] columns)
        : base(rows.GetRowCursor(columns))
    {
        _columns = columns;
        _values = [.. columns.Select(SampleValues.Create)];
        _readers = [.. columns.Select((c, i) => _values[i].Reader(Cursor, c))];
        _features = !chain.IsFolded || chain.Inputs.IsSequence ? chain.Model.Manifest.Features : 0;
    }

    public override string What => "row";

    public override string[] Names => [.. _columns.Select(c => c.Name)];

    // Sequences of their own lengths go one by one: together they would be padded.
    public override int BatchSize => _columns.Any(c => OnnxTypes.Size(c.Type) == 0) ? 1 : base.BatchSize;

    public override void Read()
    {
        foreach (var read in _readers)
            read();
    }

    public override IEnumerable<OrtValue> Tensors(int count) => _columns.Select((column, i) => _values[i].Tensor(Shape(column, _values[i], count)));

    public override void Clear()
    {
        foreach (var values in _values)
            values.Clear();
    }

    private long[] Shape(DataViewSchema.Column column, SampleValues values, int count)
    {
        if (_features == 0)
            return [count, values.Count / count];
        for (int missing = values.Count == 0 ? _features : 0; missing > 0; missing--)
            ((SampleValues<float>)values).Add(float.NaN); // ONNX Runtime ends the process where there is no step
        return [count, values.Count / count / _features, _features];
    }

    private static DataViewSchema.Column[] Columns(ConvertedChain chain, DataViewSchema schema)
    {
        if (chain.IsFolded)
            return [.. chain.Inputs.Separate.Select(c => schema[c.Name])];
        return [schema[chain.Model.Manifest.FeatureColumnName]];
    }
}
