using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// Quantiles that never cross: the median, and the distances from one to the next outwards, each a softplus. The parameters are the median,
/// the distances upwards, the distances downwards.
/// </summary>
internal sealed class QuantileOutput : ForecastOutput
{
    private const float Narrow = -2; // so that distances begin at 0.13 of the network's units, not at 0.7

    private static readonly Scalar s_narrow = Narrow.ToScalar(), s_two = 2f.ToScalar(); // held while libtorch reads them

    private readonly int _below;
    private readonly int _above;
    private readonly float[] _levels;

    public QuantileOutput(double[] levels)
        : base(levels)
    {
        _below = Array.IndexOf(levels, 0.5);
        _above = levels.Length - 1 - _below;
        _levels = [.. levels.Select(level => (float)level)];
    }

    public override int Parameters => Levels.Length;

    // Twice the pinball loss in the mean of the levels: for the median alone it is the absolute error.
    public override torch.Tensor Loss(torch.Tensor parameters, torch.Tensor target)
    {
        using var levels = torch.tensor(_levels, device: parameters.device);
        var below = target.unsqueeze(2) - Quantiles(parameters);                                 // [B, K, L]
        return torch.maximum(below * levels, below * (levels - 1)).mean([2]).mul(s_two);
    }

    public override torch.Tensor Quantiles(torch.Tensor parameters)
    {
        var median = parameters.narrow(2, 0, 1);
        List<torch.Tensor> parts = [median];
        if (_above > 0)
            parts.Add(median + Distances(parameters.narrow(2, 1, _above)));
        if (_below > 0)
            parts.Insert(0, (median - Distances(parameters.narrow(2, 1 + _above, _below))).flip(2));
        return torch.cat(parts, 2);                                                              // [B, K, L]
    }

    public override string EmitQuantiles(OnnxGraphBuilder graph, string parameters)
    {
        string median = Emit(graph, parameters, 0, 1);
        List<string> parts = [median];
        if (_above > 0)
            parts.Add(graph.Node("Add", [median, EmitDistances(graph, Emit(graph, parameters, 1, _above))]));
        if (_below > 0)
        {
            string outwards = graph.Node("Sub", [median, EmitDistances(graph, Emit(graph, parameters, 1 + _above, _below))]);
            long[] turned = [.. Enumerable.Range(0, _below).Select(i => (long)(_below - 1 - i))];
            parts.Insert(0, graph.Node("Gather", [outwards, graph.Integers(turned)], ("axis", 2)));
        }
        return graph.Node("Concat", [.. parts], ("axis", 2));
    }

    private static torch.Tensor Distances(torch.Tensor raw) => torch.nn.functional.softplus(raw.add(s_narrow)).cumsum(2);

    private static string EmitDistances(OnnxGraphBuilder graph, string raw)
    {
        string each = graph.Node("Softplus", [graph.Node("Add", [raw, graph.Singles(Narrow)])]);
        return graph.Node("CumSum", [each, graph.Node("Squeeze", [graph.Integers(2)])]);
    }
}
