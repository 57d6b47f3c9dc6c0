using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Stores a matrix in 8 bits, with a scale for each row.</summary>
internal static class Int8Storage
{
    private const int SmallestRow = 16; // values: of a shorter row, the scale takes the room that is saved

    /// <summary>Null where its rows are short or a value is not finite: the matrix stays in 32 bits.</summary>
    /// <remarks>
    /// By <c>Cast</c> and <c>Mul</c> rather than <c>DequantizeLinear</c>, which ONNX Runtime leaves for each run, to fuse it with others.
    /// </remarks>
    public static StoredMatrix? Store(TensorProto matrix)
    {
        int columns = checked((int)matrix.Dims[^1]);
        if (columns < SmallestRow || RowQuantization.Of(matrix.Singles(), columns) is not { } quantized)
            return null;
        string stored = $"{matrix.Name}.int8", scales = $"{matrix.Name}.scales", whole = $"{matrix.Name}.whole";
        return new(
            [
                StoredTensor.Create<sbyte>(stored, StoredTensor.Int8, quantized.Values, matrix.Dims),
                StoredTensor.Create<float>(scales, StoredTensor.Float, quantized.Scales, [.. matrix.Dims.SkipLast(1), 1]),
            ],
            [
                StoredTensor.Cast(stored, whole),
                new NodeProto { OpType = "Mul", Name = $"{matrix.Name}.mul", Input = { whole, scales }, Output = { matrix.Name } },
            ]);
    }
}
