namespace MlNetRnn;

/// <summary>Normalisers that are a line: <c>(x - offset) · scale</c>.</summary>
internal static class AffineNormalizer
{
    /// <param name="context">The step.</param>
    /// <param name="offset">One per value; none for 0.</param>
    /// <param name="scale">One per value.</param>
    public static OnnxColumn Emit(OnnxStepContext context, double[] offset, double[] scale)
    {
        var (input, graph) = (context.Input(), context.Graph);
        bool isShifted = offset.Any(o => o != 0);
        if (input.Joint is { IsPlain: true } joint)
        {
            return context.Output(
                joint with { Offsets = isShifted ? [.. offset.Select(o => (float)o)] : null, Scales = [.. scale.Select(s => (float)s)] },
                Effect(isShifted, scale));
        }
        string centred = isShifted ? graph.Node("Sub", [input.Value, graph.Numbers(input.ElementType, offset)]) : input.Value;
        return context.Output(graph.Node("Mul", [centred, graph.Numbers(input.ElementType, scale)]), Effect(isShifted, scale));
    }

    // An infinite scale, of a column that was constant, makes NaN of numbers.
    private static OnnxStepEffect Effect(bool isShifted, double[] scale)
    {
        if (!scale.All(s => float.IsFinite((float)s)))
            return OnnxStepEffect.Any;
        return isShifted ? OnnxStepEffect.Affine : OnnxStepEffect.Linear;
    }
}
