using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Stores a matrix in 16-bit floating point (IEEE 754 binary16): 11 significant bits, up to 65504.</summary>
internal static class Float16Storage
{
    /// <summary>Null where a value lies beyond that range: the matrix stays in 32 bits.</summary>
    /// <remarks>By a <c>Constant</c> node: ML.NET's <c>ApplyOnnxModel</c> refuses files with initializers of this type.</remarks>
    public static StoredMatrix? Store(TensorProto matrix)
    {
        var values = matrix.Singles();
        var halves = new Half[values.Length];
        for (int i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)values[i];
            if (!Half.IsFinite(halves[i]))
                return null;
        }
        string stored = $"{matrix.Name}.float16";
        var tensor = StoredTensor.Create<Half>(stored, StoredTensor.Float16, halves, matrix.Dims);
        return new([], [StoredTensor.Constant(tensor), StoredTensor.Cast(stored, matrix.Name)]);
    }
}
