using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// What a network's values say of each value to come, in the network's units: a number, quantiles, a distribution. Torch and ONNX form stand
/// side by side.
/// </summary>
/// <param name="levels">The quantiles that are asked for, ascending; empty for none.</param>
internal abstract class ForecastOutput(double[] levels)
{
    /// <summary>Values that the network gives for each value to come; the first is its location.</summary>
    public abstract int Parameters { get; }

    /// <summary>The quantiles that it gives, ascending.</summary>
    public double[] Levels { get; } = levels;

    /// <param name="distribution">What is said.</param>
    /// <param name="levels">The quantiles that are asked for, ascending.</param>
    public static ForecastOutput Create(ForecastDistribution distribution, double[] levels) => distribution switch
    {
        ForecastDistribution.Mean => new NumberOutput(isMedian: false),
        ForecastDistribution.Median => new NumberOutput(isMedian: true),
        ForecastDistribution.Quantiles => new QuantileOutput(levels),
        ForecastDistribution.Normal => new NormalOutput(levels),
        ForecastDistribution.StudentT => new StudentTOutput(levels),
        _ => throw new InvalidOperationException($"There is no distribution {distribution}."),
    };

    /// <summary>The loss of each value, <c>[B, K]</c>.</summary>
    /// <param name="parameters"><c>[B, K, P]</c>.</param>
    /// <param name="target"><c>[B, K]</c>.</param>
    public abstract torch.Tensor Loss(torch.Tensor parameters, torch.Tensor target);

    /// <summary>The quantiles at <see cref="Levels"/>, <c>[B, K, L]</c>.</summary>
    /// <param name="parameters"><c>[B, K, P]</c>.</param>
    public abstract torch.Tensor Quantiles(torch.Tensor parameters);

    /// <summary>Writes <see cref="Quantiles"/>.</summary>
    public abstract string EmitQuantiles(OnnxGraphBuilder graph, string parameters);

    /// <summary>The value that is forecast, <c>[B, K]</c>.</summary>
    /// <param name="parameters"><c>[B, K, P]</c>.</param>
    public static torch.Tensor Point(torch.Tensor parameters) => parameters.select(2, 0);

    /// <summary>Writes <see cref="Point"/>.</summary>
    public static string EmitPoint(OnnxGraphBuilder graph, string parameters) => Emit(graph, parameters, 0); // [B, K, P] → [B, K]

    /// <summary>One of the parameters, <c>[B, K]</c>.</summary>
    protected static string Emit(OnnxGraphBuilder graph, string parameters, int index) =>
        graph.Node("Squeeze", [graph.Node("Gather", [parameters, graph.Integers(index)], ("axis", 2)), graph.Integers(2)]);

    /// <summary>Several of the parameters, <c>[B, K, count]</c>.</summary>
    protected static string Emit(OnnxGraphBuilder graph, string parameters, int start, int count) => graph.Node(
        "Gather", [parameters, graph.Integers([.. Enumerable.Range(start, count).Select(i => (long)i)])], ("axis", 2));
}
