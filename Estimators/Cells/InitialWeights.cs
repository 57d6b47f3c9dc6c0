namespace MlNetRnn;

/// <summary>
/// Initial weights, drawn in C#: the same on every platform and libtorch version. Layers draw from libtorch's process-wide generator as they are made; nothing depends on what.
/// </summary>
internal static class InitialWeights
{
    /// <summary>Uniform between ±√(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010).</summary>
    public static void GlorotUniform(Span<float> values, int fanIn, int fanOut, Random random)
    {
        double limit = Math.Sqrt(6.0 / (fanIn + fanOut));
        foreach (ref float value in values)
            value = (float)((2 * random.NextDouble() - 1) * limit);
    }

    /// <summary>Standard normal.</summary>
    public static void Normal(Span<float> values, Random random)
    {
        foreach (ref float value in values)
            value = (float)Normal(random);
    }

    /// <summary>A random matrix <c>[rows, columns]</c>, rows ≥ columns, whose columns are orthonormal.</summary>
    public static void Orthogonal(Span<float> values, int rows, int columns, Random random)
    {
        var q = new double[columns][];
        for (int c = 0; c < columns; c++)
            q[c] = OrthonormalColumn(q.AsSpan(0, c), rows, random);
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
                values[r * columns + c] = (float)q[c][r];
        }
    }

    private static double[] OrthonormalColumn(ReadOnlySpan<double[]> previous, int rows, Random random)
    {
        var column = new double[rows];
        foreach (ref double value in column.AsSpan())
            value = Normal(random);
        for (int pass = 0; pass < 2; pass++) // once more takes out what rounding left
        {
            foreach (double[] other in previous)
                Subtract(column, other, Dot(column, other));
        }
        double norm = Math.Sqrt(Dot(column, column));
        foreach (ref double value in column.AsSpan())
            value /= norm;
        return column;
    }

    private static double Dot(double[] a, double[] b) => System.Numerics.Tensors.TensorPrimitives.Dot(a, b);

    private static void Subtract(double[] column, double[] other, double factor) =>
        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(other, -factor, column, column);

    // Box and Muller, 1958
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
