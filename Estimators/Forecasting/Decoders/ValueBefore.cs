using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// The targets' last values in the window, in the units of labels: what the first step of the horizon follows. With a season labels are changes
/// from the last season, and so is it; where the window does not reach back so far it is 0, as labels are measured from its last value then.
/// </summary>
internal sealed class ValueBefore(ForecastShape shape)
{
    // Where the window is one season long, there is nothing a season before its last step.
    private bool HasOrigin => shape.Season > 0 && shape.Season < shape.Steps;

    /// <param name="windows">What the network reads: <c>[steps, batch, features]</c>, the mask behind the features where there is one.</param>
    /// <returns><c>[batch, targets]</c>.</returns>
    public torch.Tensor Forward(torch.Tensor windows)
    {
        using var features = torch.tensor([.. shape.TargetFeatures.Select(f => (long)f)], device: windows.device);
        var last = windows[shape.Steps - 1].index_select(1, features);
        if (shape.Season == 0)
            return ToLabelUnits(last);
        if (!HasOrigin)
            return torch.zeros_like(last);
        var origin = windows[shape.Steps - 1 - shape.Season];
        var change = last - origin.index_select(1, features);
        return shape.Masked ? change * origin.narrow(1, origin.shape[1] - 1, 1) : change;         // 0 in padding
    }

    /// <inheritdoc cref="Forward"/>
    /// <returns><c>[1, batch, targets]</c>.</returns>
    public string Emit(OnnxGraphBuilder graph, string windows)
    {
        string last = OfTargets(graph, Step(graph, windows, -1));
        if (shape.Season == 0)
            return EmitToLabelUnits(graph, last);
        if (!HasOrigin)
            return graph.Node("Mul", [last, graph.Singles(0f)]);
        string origin = Step(graph, windows, -1 - shape.Season);
        string change = graph.Node("Sub", [last, OfTargets(graph, origin)]);
        return shape.Masked
            ? graph.Node("Mul", [change, graph.Node("Gather", [origin, graph.Integers(-1)], ("axis", 2))])
            : change;
    }

    private torch.Tensor ToLabelUnits(torch.Tensor values)
    {
        if (shape.LabelUnits is not { } units)
            return values;
        using var gains = torch.tensor(units.Gains, device: values.device);
        using var shifts = torch.tensor(units.Shifts, device: values.device);
        return (values * gains) + shifts;
    }

    private string EmitToLabelUnits(OnnxGraphBuilder graph, string values) => shape.LabelUnits is { } units
        ? graph.Node("Add", [graph.Node("Mul", [values, graph.Singles(units.Gains)]), graph.Singles(units.Shifts)])
        : values;

    private string OfTargets(OnnxGraphBuilder graph, string values) =>
        graph.Node("Gather", [values, graph.Integers([.. shape.TargetFeatures.Select(f => (long)f)])], ("axis", 2));

    private static string Step(OnnxGraphBuilder graph, string windows, long step) =>
        graph.Node("Gather", [windows, graph.Integers(step)], ("axis", 0));                       // [1, B, F]
}

/// <summary>Brings each target among a step's scaled features into the units of scaled labels: value × gain + shift.</summary>
/// <param name="Gains">By target.</param>
/// <param name="Shifts">By target.</param>
internal sealed record LabelUnits(float[] Gains, float[] Shifts)
{
    /// <summary>Null where windows have units of their own, which labels have, too.</summary>
    public static LabelUnits? Of(Scaler scaler, int[] targetFeatures) => scaler.Window is not null
        ? null
        : new(
            [.. targetFeatures.Select((f, j) => scaler.FeatureScales[f] / scaler.TargetScales[j])],
            [.. targetFeatures.Select((f, j) => (scaler.FeatureMeans[f] - scaler.TargetMeans[j]) / scaler.TargetScales[j])]);
}
