namespace MlNetRnn;

/// <summary>Normalisers to the number of a value's bin: how many upper bounds lie below it, <c>/ density - offset</c>; NaN stays.</summary>
internal static class BinNormalizer
{
    /// <param name="context">The step.</param>
    /// <param name="bounds">The upper bounds of the bins of each value, the last infinite.</param>
    /// <param name="density">One per value.</param>
    /// <param name="offset">One per value; none for 0.</param>
    public static OnnxColumn Emit(OnnxStepContext context, double[][] bounds, double[] density, double[] offset)
    {
        var (input, graph) = (context.Input(), context.Graph);
        var type = input.ElementType;
        int most = bounds.Max(b => b.Length);
        double[] matrix = [.. bounds.SelectMany(b => b.Concat(Enumerable.Repeat(double.PositiveInfinity, most - b.Length)))];
        string value = graph.Node("Unsqueeze", [input.Value, graph.Integers(-1)]);                       // [..., size, 1]
        string below = graph.Node("Less", [graph.Matrix(type, matrix, bounds.Length, most), value]);     // [..., size, bins]
        string bin = graph.Node("ReduceSum", [graph.Node("Cast", [below], ("to", (int)type)), graph.Integers(-1)], ("keepdims", 0));
        string share = graph.Node("Div", [bin, graph.Numbers(type, density)]);
        if (offset.Any(o => o != 0))
            share = graph.Node("Sub", [share, graph.Numbers(type, offset)]);
        return context.Output(graph.Node("Where", [graph.Node("IsNaN", [input.Value]), input.Value, share]), OnnxStepEffect.Elementwise);
    }
}
