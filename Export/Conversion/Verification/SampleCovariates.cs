using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>What a model that reads columns beside the window takes of sample rows: all of it in one tensor, <c>[count, 1, values]</c>.</summary>
internal sealed class SampleCovariates : SampleInputs
{
    private readonly string _name;
    private readonly int _size;
    private readonly ValueGetter<VBuffer<float>> _get;
    private readonly List<float> _values = [];
    private VBuffer<float> _row;

    private SampleCovariates(SequenceModelManifest manifest, DataViewRowCursor cursor, ScoreBindings bindings)
        : base(cursor)
    {
        (_name, _size) = (manifest.FeatureColumnName, manifest.Features);
        _get = bindings.SequenceGetter(cursor);
    }

    public override string What => "window";

    public override string[] Names => [_name];

    /// <summary>Opens one cursor over what the model takes and what it makes of it.</summary>
    public static SampleCovariates Open(ConvertedChain chain, IDataView rows, out DataViewSchema.Column[] made)
    {
        for (int level = 1; level <= chain.ModelAt + 1; level++)
            rows = chain.StepTo(level).Transformer.Transform(rows);
        var bindings = new ScoreBindings(chain.Model.Manifest, rows.Schema);
        made = [.. chain.Outputs.Select(c => rows.Schema[c.Name])];
        return new(chain.Model.Manifest, rows.GetRowCursor(bindings.SequenceColumns.Concat(made)), bindings);
    }

    public override void Read()
    {
        _get(ref _row);
        _values.AddRange(_row.DenseValues());
    }

    public override IEnumerable<OrtValue> Tensors(int count) =>
        [OrtValue.CreateTensorValueFromMemory(_values.ToArray(), [count, 1, _size])];

    public override void Clear() => _values.Clear();
}
