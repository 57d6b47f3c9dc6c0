namespace MlNetRnn;

/// <summary>
/// Normalisers to the share of a normal distribution that lies below a value, by the approximation of the error function that ML.NET
/// uses; values that are not finite, and columns that were constant, become 0.
/// </summary>
internal static class CdfNormalizer
{
    private const double A = 0.147;

    public static OnnxColumn Emit(OnnxStepContext context, double[] mean, double[] deviation, bool useLog)
    {
        var (input, graph) = (context.Input(), context.Graph);
        var type = input.ElementType;
        bool[] varies = [.. deviation.Select(d => d > (type == OnnxElementType.Float ? float.Epsilon : double.Epsilon))];
        string value = useLog ? Log(graph, input) : input.Value;
        double[] divisor = [.. deviation.Select((d, i) => varies[i] ? d : 1)];
        string x = graph.Node("Div", [graph.Node("Sub", [value, graph.Numbers(type, mean)]), graph.Numbers(type, divisor)]);
        string share = graph.Cast(Share(graph, x, type), OnnxElementType.Double, type);
        string finite = graph.Node("Not", [graph.Node("Or", [graph.Node("IsNaN", [value]), graph.Node("IsInf", [value])])]);
        string counts = graph.Node("Greater", [graph.Numbers(type, [.. varies.Select(v => v ? 1.0 : 0)]), graph.Numbers(type, 0.5)]);
        return context.Output(graph.Node("Where", [graph.Node("And", [finite, counts]), share, graph.Numbers(type, 0)]));
    }

    private static string Log(OnnxGraphBuilder graph, OnnxColumn input)
    {
        string wide = graph.Cast(input.Value, input.ElementType, OnnxElementType.Double);
        return graph.Cast(graph.Node("Log", [wide]), OnnxElementType.Double, input.ElementType);
    }

    // 0.5 + 0.5 · sign(x) · sqrt(1 - exp(-x²/2 · (4/π + a · x²/2) / (1 + a · x²/2))): squares in the column's type, the rest in Double.
    private static string Share(OnnxGraphBuilder graph, string x, OnnxElementType type)
    {
        string Wide(string value) => graph.Cast(value, type, OnnxElementType.Double);
        string half = graph.Node("Div", [graph.Node("Mul", [x, x]), graph.Numbers(type, 2)]);
        string small = graph.Node("Mul", [graph.Numbers(type, A), half]);
        string below = Wide(graph.Node("Add", [graph.Numbers(type, 1), small]));
        string above = graph.Node("Add", [graph.Doubles(4 / Math.PI), Wide(small)]);
        string exponent = graph.Node("Div", [graph.Node("Mul", [graph.Node("Neg", [Wide(half)]), above]), below]);
        string root = graph.Node("Sqrt", [graph.Node("Sub", [graph.Doubles(1), graph.Node("Exp", [exponent])])]);
        string signed = graph.Node("Mul", [graph.Node("Mul", [graph.Doubles(0.5), graph.Node("Sign", [Wide(x)])]), root]);
        return graph.Node("Add", [graph.Doubles(0.5), signed]);
    }
}
