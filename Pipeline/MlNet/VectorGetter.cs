using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Makes getters of vectors of Single that are written anew for each row, into the receiver's own memory.</summary>
internal static class VectorGetter
{
    /// <summary>Writes all values of a row's vector.</summary>
    internal delegate void Writer(Span<float> values);

    public static ValueGetter<VBuffer<float>> Create(int size, Writer write) => (ref VBuffer<float> value) =>
    {
        var editor = VBufferEditor.Create(ref value, size);
        write(editor.Values);
        value = editor.Commit();
    };
}
