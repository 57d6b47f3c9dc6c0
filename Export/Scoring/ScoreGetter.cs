using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Gives the model's result for the current row.</summary>
internal delegate ReadOnlySpan<float> ScoreSource();

/// <summary>Makes ML.NET getters of output columns.</summary>
internal static class ScoreGetter
{
    public static ValueGetter<TValue> Create<TValue>(DataViewSchema.Column column, ScoreSource source) => LinkedCursor.CheckedGetter<TValue>(
        column.Type is VectorDataViewType
            ? (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(source(), ref value))
            : (ValueGetter<float>)((ref float value) => value = source()[0]),
        column);

    private static void Copy(ReadOnlySpan<float> source, ref VBuffer<float> destination)
    {
        var editor = VBufferEditor.Create(ref destination, source.Length);
        source.CopyTo(editor.Values);
        destination = editor.Commit();
    }
}
