using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Makes getters of vectors of Single that are written anew for each row, into the receiver's own memory.</summary>
internal static class VectorGetter
{
    /// <summary>Writes all values of a row's vector.</summary>
    internal delegate void Writer(Span<float> values);

    public static ValueGetter<VBuffer<float>> Create(int size, Writer write) => (ref VBuffer<float> value) => write(Values(ref value, size));

    /// <summary>Makes a receiver's vector a dense one of a size and gives its values, which the caller writes, all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<float> Values(ref VBuffer<float> value, int size)
    {
        if (value.Length != size || !value.IsDense || size == 0)
            MakeDense(ref value, size);
        // What the editor would give, for a third of the time: a dense vector's own memory.
        return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(value.GetValues()), size);
    }

    private static void MakeDense(ref VBuffer<float> value, int size) => value = VBufferEditor.Create(ref value, size).Commit();
}
