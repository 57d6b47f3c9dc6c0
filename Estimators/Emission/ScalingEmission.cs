namespace MlNetRnn;

/// <summary>Writes a <see cref="Scaler"/> into an ONNX graph, so that it takes raw values and gives predictions in the target's units.</summary>
internal static class ScalingEmission
{
    /// <summary>Standardises values <c>[…, features]</c>; with <paramref name="last"/> they are taken relative to it first.</summary>
    public static string EmitScaling(OnnxGraphBuilder graph, string raw, string? last, Scaler scaler)
    {
        string relative = last is null ? raw : graph.Node("Sub", [raw, last]);
        string centred = graph.Node("Sub", [relative, graph.Initializer("scaling.feature_means", scaler.FeatureMeans, scaler.FeatureMeans.Length)]);
        return graph.Node("Div", [centred, graph.Initializer("scaling.feature_scales", scaler.FeatureScales, scaler.FeatureScales.Length)]);
    }

    /// <summary>
    /// The prediction of <paramref name="output"/> in the target's units, <c>[batch, length]</c> or <c>[batch, horizon, targets]</c>.
    /// </summary>
    public static string EmitUnscaling(OnnxGraphBuilder graph, string prediction, string? last, Scaler scaler, SequenceModelOutput output)
    {
        int targets = scaler.TargetMeans.Length, size = targets == 1 ? 1 : output.Length; // one target's scaling serves all steps
        T[] PerValue<T>(T[] perTarget) => [.. Enumerable.Range(0, size).Select(k => perTarget[k % targets])];
        string sized = graph.Node("Mul", [prediction, graph.Initializer("scaling.target_scale", PerValue(scaler.TargetScales), size)]);
        string placed = graph.Node("Add", [sized, graph.Initializer("scaling.target_mean", PerValue(scaler.TargetMeans), size)]);
        if (last is not null)
        {
            string features = graph.Integers(PerValue([.. scaler.DifferencedFeatures!.Select(f => (long)f)]));
            string origin = graph.Node("Gather", [last, features], ("axis", 2));                           // [B, 1, size]
            placed = graph.Node("Add", [placed, graph.Node("Reshape", [origin, graph.Integers(0, size)])]); // [B, K] + [B, size]
        }
        return output.Targets > 1
            ? graph.Node("Reshape", [placed, graph.Integers([0, .. output.Dimensions.Select(d => (long)d)])]) // [B, horizon, targets]
            : placed;
    }
}
