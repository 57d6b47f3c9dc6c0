using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// Student's t distribution: location, scale, degrees of freedom. Its quantiles are Cornish and Fisher's expansion from those of the normal
/// distribution (Abramowitz and Stegun, 26.7.5), within 1 % of a scale from 0.025 to 0.975 for the degrees of freedom that it has, above 3.
/// </summary>
internal sealed class StudentTOutput(double[] levels) : ScaledOutput(levels)
{
    private const float LeastDegrees = 3;

    // held while libtorch reads them
    private static readonly Scalar s_half = 0.5f.ToScalar(), s_one = 1f.ToScalar(), s_least = LeastDegrees.ToScalar(), s_pi = MathF.PI.ToScalar();

    private readonly float[][] _terms = [.. Enumerable.Range(0, 4).Select(power => levels.Select(level => Term(NormalQuantile.Of(level), power)).ToArray())];

    public override int Parameters => 3;

    public override torch.Tensor Loss(torch.Tensor parameters, torch.Tensor target)
    {
        var (scale, degrees) = (Scale(parameters), Degrees(parameters));
        var z = (target - Point(parameters)) / scale;
        var halfMore = degrees.add(s_one).mul(s_half);
        return degrees.mul(s_half).lgamma() - halfMore.lgamma() + degrees.mul(s_pi).log().mul(s_half) + scale.log()
            + (halfMore * (z.square() / degrees).log1p());
    }

    protected override torch.Tensor Standard(torch.Tensor parameters)
    {
        var inverse = Degrees(parameters).reciprocal().unsqueeze(2);                             // [B, K, 1]
        var sum = torch.tensor(_terms[^1], device: parameters.device);
        for (int power = _terms.Length - 2; power >= 0; power--)
            sum = (sum * inverse) + torch.tensor(_terms[power], device: parameters.device);
        return sum;
    }

    protected override string EmitStandard(OnnxGraphBuilder graph, string parameters)
    {
        string degrees = graph.Node("Add", [graph.Node("Softplus", [Emit(graph, parameters, 2, 1)]), graph.Singles(LeastDegrees)]);
        string inverse = graph.Node("Reciprocal", [degrees]);
        string sum = graph.Singles(_terms[^1]);
        for (int power = _terms.Length - 2; power >= 0; power--)
            sum = graph.Node("Add", [graph.Node("Mul", [sum, inverse]), graph.Singles(_terms[power])]);
        return sum;
    }

    private static torch.Tensor Degrees(torch.Tensor parameters) => torch.nn.functional.softplus(parameters.select(2, 2)).add(s_least);

    // What the quantile of degrees v has of 1 / v to a power, for the normal quantile z.
    private static float Term(double z, int power) => (float)(power switch
    {
        0 => z,
        1 => (Math.Pow(z, 3) + z) / 4,
        2 => ((5 * Math.Pow(z, 5)) + (16 * Math.Pow(z, 3)) + (3 * z)) / 96,
        _ => ((3 * Math.Pow(z, 7)) + (19 * Math.Pow(z, 5)) + (17 * Math.Pow(z, 3)) - (15 * z)) / 384,
    });
}
