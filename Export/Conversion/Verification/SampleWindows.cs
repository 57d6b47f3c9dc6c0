using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>
/// Raw windows of sample rows, cut by the pipeline's own windowing over the raw columns; which rows make a window is decided by the
/// columns that the steps before it prepare.
/// </summary>
internal sealed class SampleWindows : SampleInputs
{
    private readonly string _jointName;
    private readonly int _length; // steps
    private readonly int _width;  // values of a step in the tensor of windows
    private readonly int _row;    // values of a step in all
    private readonly List<float> _joint = [];
    private readonly (DataViewSchema.Column Column, SampleValues Values)[] _separate;
    private readonly ValueGetter<VBuffer<float>> _get;
    private VBuffer<float> _window;

    private SampleWindows(ConvertedChain chain, RowsWithRawColumns rows, DataViewRowCursor cursor, DataViewSchema.Column window)
        : base(cursor)
    {
        _jointName = chain.Window!.OutputColumnName;
        _length = chain.Window.WindowLength;
        _separate = rows.Separate;
        _row = OnnxTypes.Size(window.Type) / _length;
        _width = _row - _separate.Sum(s => OnnxTypes.Size(s.Column.Type) * SampleValues.Parts);
        _get = cursor.GetGetter<VBuffer<float>>(window);
    }

    public override string What => "window";

    public override string[] Names => [.. _width > 0 ? [_jointName] : Array.Empty<string>(), .. _separate.Select(s => s.Column.Name)];

    public static SampleWindows Open(ConvertedChain chain, IDataView rows)
    {
        var beside = new RowsWithRawColumns(chain, rows);
        var options = chain.Window!.Options;
        string name = beside.UnusedName;
        var windows = new SlidingWindowTransformer(SlidingWindowSettings.Create(options with
        {
            InputColumns = beside.Added,
            OutputColumn = name,
            // Raw values may be missing where prepared ones must not.
            MissingValues = options.MissingValues == MissingValuePolicy.Error ? MissingValuePolicy.Keep : options.MissingValues,
        })).Transform(beside);
        var window = windows.Schema[name];
        return new(chain, beside, windows.GetRowCursor([window]), window);
    }

    public override void Read()
    {
        _get(ref _window);
        var values = _window.DenseValues().ToArray().AsSpan();
        for (int step = 0; step < _length; step++)
            ReadStep(values.Slice(step * _row, _row));
    }

    public override IEnumerable<OrtValue> Tensors(int count)
    {
        if (_width > 0)
            yield return OrtValue.CreateTensorValueFromMemory(_joint.ToArray(), [count, _length, _width]);
        foreach (var (column, values) in _separate)
            yield return values.Tensor([count, _length, OnnxTypes.Size(column.Type)]);
    }

    public override void Clear()
    {
        _joint.Clear();
        foreach (var (_, values) in _separate)
            values.Clear();
    }

    private void ReadStep(ReadOnlySpan<float> step)
    {
        _joint.AddRange(step[.._width]);
        int start = _width;
        foreach (var (column, values) in _separate)
        {
            int length = OnnxTypes.Size(column.Type) * SampleValues.Parts;
            values.Decode(step.Slice(start, length));
            start += length;
        }
    }
}
