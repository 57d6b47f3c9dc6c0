using TorchSharp;

namespace MlNetRnn;

/// <summary>A distribution with a location, a scale (a softplus) and a fixed shape, whose quantiles are location + scale × that of the shape.</summary>
internal abstract class ScaledOutput(double[] levels) : ForecastOutput(levels)
{
    /// <summary>The least scale, in the network's units: a likelihood has no largest value without one.</summary>
    protected const float LeastScale = 1e-3f;

    private static readonly Scalar s_least = LeastScale.ToScalar(); // held while libtorch reads it

    /// <summary>The scale, <c>[B, K]</c>.</summary>
    protected static torch.Tensor Scale(torch.Tensor parameters) => torch.nn.functional.softplus(parameters.select(2, 1)).add(s_least);

    public sealed override torch.Tensor Quantiles(torch.Tensor parameters) =>
        Point(parameters).unsqueeze(2) + (Scale(parameters).unsqueeze(2) * Standard(parameters));

    public sealed override string EmitQuantiles(OnnxGraphBuilder graph, string parameters)
    {
        string scale = graph.Node("Add", [graph.Node("Softplus", [Emit(graph, parameters, 1, 1)]), graph.Singles(LeastScale)]); // [B, K, 1]
        return graph.Node("Add", [Emit(graph, parameters, 0, 1), graph.Node("Mul", [scale, EmitStandard(graph, parameters)])]);
    }

    /// <summary>The quantiles for location 0 and scale 1, <c>[B, K, L]</c> or what spreads to it.</summary>
    protected abstract torch.Tensor Standard(torch.Tensor parameters);

    /// <summary>Writes <see cref="Standard"/>.</summary>
    protected abstract string EmitStandard(OnnxGraphBuilder graph, string parameters);
}
