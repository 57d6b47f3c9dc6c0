namespace MlNetRnn;

/// <summary>Constants of the type of the column that they are computed with.</summary>
internal static class NumberConstants
{
    /// <summary>A vector of Single or Double.</summary>
    public static string Numbers(this OnnxGraphBuilder graph, OnnxElementType type, params double[] values) => type == OnnxElementType.Double
        ? graph.Doubles(values)
        : graph.Singles([.. values.Select(v => (float)v)]);

    public static string Cast(this OnnxGraphBuilder graph, string value, OnnxElementType from, OnnxElementType to) =>
        from == to ? value : graph.Node("Cast", [value], ("to", (int)to));

    /// <summary>A matrix of Single or Double, <c>[rows, columns]</c>.</summary>
    public static string Matrix(this OnnxGraphBuilder graph, OnnxElementType type, double[] values, int rows, int columns) =>
        graph.Node("Reshape", [graph.Numbers(type, values), graph.Integers(rows, columns)]);
}
