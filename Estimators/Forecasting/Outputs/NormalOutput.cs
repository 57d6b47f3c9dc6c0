using TorchSharp;

namespace MlNetRnn;

/// <summary>A normal distribution: mean and standard deviation.</summary>
internal sealed class NormalOutput(double[] levels) : ScaledOutput(levels)
{
    private static readonly Scalar s_half = 0.5f.ToScalar(), s_constant = (0.5f * MathF.Log(2 * MathF.PI)).ToScalar(); // held while libtorch reads them

    private readonly float[] _standard = [.. levels.Select(level => (float)NormalQuantile.Of(level))];

    public override int Parameters => 2;

    public override torch.Tensor Loss(torch.Tensor parameters, torch.Tensor target)
    {
        var scale = Scale(parameters);
        var z = (target - Point(parameters)) / scale;
        return scale.log() + z.square().mul(s_half).add(s_constant);
    }

    protected override torch.Tensor Standard(torch.Tensor parameters) => torch.tensor(_standard, device: parameters.device);

    protected override string EmitStandard(OnnxGraphBuilder graph, string parameters) => graph.Singles(_standard);
}
