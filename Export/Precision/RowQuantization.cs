namespace MlNetRnn;

/// <summary>
/// Brings each row of a matrix to whole numbers from -127 to 127 and a scale of its own: symmetric quantisation per channel (Jacob et al.,
/// "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018), the largest value of a row being 127.
/// </summary>
internal sealed class RowQuantization
{
    public const int Largest = 127;

    private RowQuantization(sbyte[] values, float[] scales) => (Values, Scales) = (values, scales);

    /// <summary>The whole numbers, <c>[rows, columns]</c>.</summary>
    public sbyte[] Values { get; }

    /// <summary>What a whole number is multiplied by, <c>[rows]</c>.</summary>
    public float[] Scales { get; }

    /// <summary>Null where a value is not finite.</summary>
    public static RowQuantization? Of(ReadOnlySpan<float> matrix, int columns)
    {
        var result = new RowQuantization(new sbyte[matrix.Length], new float[matrix.Length / columns]);
        for (int row = 0; row < result.Scales.Length; row++)
        {
            if (!result.Add(matrix.Slice(row * columns, columns), row))
                return null;
        }
        return result;
    }

    private bool Add(ReadOnlySpan<float> values, int row)
    {
        float largest = 0;
        foreach (float value in values)
            largest = Math.Max(largest, Math.Abs(value)); // NaN if one is
        float scale = largest / Largest;
        if (!float.IsFinite(scale))
            return false;
        Scales[row] = scale > 0 ? scale : 1; // a row of zeros, or of values that are as good as that
        for (int i = 0; i < values.Length; i++)
            Values[row * values.Length + i] = (sbyte)Math.Clamp(MathF.Round(values[i] / Scales[row]), -Largest, Largest);
        return true;
    }
}
