using TorchSharp;

namespace MlNetRnn;

/// <summary>One number: the mean by the squared error, the median by the absolute error.</summary>
internal sealed class NumberOutput(bool isMedian) : ForecastOutput([])
{
    public override int Parameters => 1;

    public override torch.Tensor Loss(torch.Tensor parameters, torch.Tensor target)
    {
        var error = Point(parameters) - target;
        return isMedian ? error.abs() : error.square();
    }

    public override torch.Tensor Quantiles(torch.Tensor parameters) => throw None();

    public override string EmitQuantiles(OnnxGraphBuilder graph, string parameters) => throw None();

    private static InvalidOperationException None() => new("A number has no quantiles.");
}
