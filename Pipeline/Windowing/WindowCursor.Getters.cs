using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

internal sealed partial class WindowCursor
{
    public override ValueGetter<DataViewRowId> GetIdGetter()
    {
        if (_waiting is null)
            return Input.GetIdGetter();
        return (ref DataViewRowId value) =>
        {
            CheckOnRow();
            value = _waiting.GetId();
        };
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        CheckActive(column);
        if (MadeGetter(column) is { } made)
            return CheckedGetter<TValue>(made, column);
        var source = Input.Schema[column.Index];
        return _waiting is not null ? _waiting.GetGetter<TValue>(source, CheckOnRow) : Input.GetGetter<TValue>(source);
    }

    // The getter of a column that windowing makes; null for one of the source.
    private Delegate? MadeGetter(DataViewSchema.Column column)
    {
        var index = column.Index;
        if (index == _binding.LabelIndex && column.Type is not VectorDataViewType)
            return (ValueGetter<float>)GetNext;
        if (index == _binding.WindowIndex)
            return _plain is not null ? GetPlainWindow : (ValueGetter<VBuffer<float>>)GetWindow;
        if (index == _binding.LabelIndex)
            return (ValueGetter<VBuffer<float>>)GetLabel;
        if (index == _binding.FutureIndex)
            return VectorOf(column, values => _series.Futures!.Write(_anchor, values));
        if (index == _binding.StaticIndex)
            return VectorOf(column, values => _series.Statics!.Values.CopyTo(values));
        return index == _binding.MaskIndex ? VectorOf(column, values => _binding.Shape.WriteMask(_anchor, values)) : null;
    }

    private void GetWindow(ref VBuffer<float> value)
    {
        CheckOnRow();
        _series.Window!.Write(_anchor, VectorGetter.Values(ref value, _windowSize));
    }

    private void GetPlainWindow(ref VBuffer<float> value)
    {
        CheckOnRow();
        _plain!.Last(_windowSize).CopyTo(VectorGetter.Values(ref value, _windowSize));
    }

    private ValueGetter<VBuffer<float>> VectorOf(DataViewSchema.Column column, VectorGetter.Writer write)
        => VectorGetter.Create(WindowBinding.Width(column), values =>
        {
            CheckOnRow();
            write(values);
        });

    private void GetLabel(ref VBuffer<float> value)
    {
        CheckOnRow();
        _series.Targets!.Write(_anchor, VectorGetter.Values(ref value, _labelSize));
    }

    private void GetNext(ref float value)
    {
        CheckOnRow();
        _series.Targets!.Write(_anchor, new Span<float>(ref value));
    }
}
