namespace MlNetRnn;

/// <summary>Units that each window has of its own, measured in a graph as <see cref="WindowUnits"/> measures them.</summary>
/// <param name="Raw">The windows as they come, <c>[batch, steps, features]</c>.</param>
/// <param name="Last">The last value of each feature, 0 of those that are no target, <c>[batch, 1, features]</c>.</param>
/// <param name="Mean">The level's distance from there, of the same shape.</param>
/// <param name="Size">The size of each feature, 1 of those that are no target, of the same shape.</param>
internal sealed record WindowUnitsEmission(string Raw, string Last, string Mean, string Size)
{
    /// <param name="graph">The graph.</param>
    /// <param name="raw">Windows, <c>[batch, steps, features]</c>, steps of padding NaN in every value.</param>
    /// <param name="features">Values of a step.</param>
    /// <param name="units">The units.</param>
    /// <param name="masked">Whether there are steps of padding.</param>
    /// <param name="beside">What stands beside the windows, <c>[batch, values]</c>; null where nothing does.</param>
    public static WindowUnitsEmission Measure(
        OnnxGraphBuilder graph, string raw, int features, WindowUnits units, bool masked, string? beside)
    {
        float[] flags = [.. Enumerable.Range(0, features).Select(f => units.IsTarget(f) ? 1f : 0f)];
        string targets = graph.Initializer("window.targets", flags, features), others = graph.Singles([.. flags.Select(f => 1 - f)]);
        if (units.SeriesScaleAt is { } at)
            return OfSeries(graph, raw, beside!, at, targets, others);
        string lastStep = graph.Node("Slice", [raw, graph.Integers(-1), graph.Integers(int.MaxValue), graph.Integers(1)]); // [B, 1, F]
        string last = graph.Node("Mul", [lastStep, targets]);
        string relative = graph.Node("Sub", [raw, last]);                                                                   // [B, T, F]
        var present = masked ? Present(graph, raw) : null;
        string mean = graph.Node("Mul", [Average(graph, relative, present), targets]);
        string centred = graph.Node("Sub", [relative, mean]);
        string deviation = graph.Node("Sqrt", [Average(graph, graph.Node("Mul", [centred, centred]), present)]);            // [B, 1, F]
        string level = graph.Node("Abs", [last]);
        string none = graph.Singles(0f);
        string instead = graph.Node("Where", [graph.Node("Greater", [level, none]), level, graph.Singles(1f)]);
        string varies = graph.Node("Greater", [deviation, graph.Node("Mul", [level, graph.Singles(WindowUnits.LeastShare)])]);
        string size = graph.Node("Where", [varies, deviation, instead]);
        return new(
            raw, last, units.Normalization == WindowNormalization.Standard ? mean : graph.Node("Mul", [mean, none]),
            graph.Node("Add", [graph.Node("Mul", [size, targets]), others]));
    }

    private static WindowUnitsEmission OfSeries(OnnxGraphBuilder graph, string raw, string beside, int at, string targets, string others)
    {
        string OfTargets(int index)
        {
            string value = graph.Node("Unsqueeze", [graph.Node("Gather", [beside, graph.Integers(index)], ("axis", 1)), graph.Integers(2)]); // [B, 1, 1]
            return graph.Node("Mul", [value, targets]);                                                                                           // [B, 1, F]
        }
        string location = OfTargets(at);
        return new(raw, location, graph.Node("Sub", [location, location]), graph.Node("Add", [OfTargets(at + 1), others]));
    }

    /// <summary>The windows in their units, <c>[batch, steps, features]</c>.</summary>
    public string EmitScaled(OnnxGraphBuilder graph) =>
        graph.Node("Div", [graph.Node("Sub", [graph.Node("Sub", [Raw, Last]), Mean]), Size]);

    /// <summary>What labels are measured from, <c>[batch, horizon or 1, targets]</c>.</summary>
    public string EmitOrigin(OnnxGraphBuilder graph, WindowUnits units, int horizon)
    {
        string level = OfTargets(graph, graph.Node("Add", [Last, Mean]), units);                                           // [B, 1, J]
        if (units.Season == 0)
            return level;
        // From the end, so that any number of steps will do; where a window is padded there, its last value.
        long[] steps = [.. Enumerable.Range(0, horizon).Select(h => (long)(h % units.Season) - units.Season)];
        string season = OfTargets(graph, graph.Node("Gather", [Raw, graph.Integers(steps)], ("axis", 1)), units);          // [B, H, J]
        string lastStep = graph.Node("Slice", [Raw, graph.Integers(-1), graph.Integers(int.MaxValue), graph.Integers(1)]);   // [B, 1, F]
        return graph.Node("Where", [graph.Node("IsNaN", [season]), OfTargets(graph, lastStep, units), season]);
    }

    /// <summary>The size of each target, <c>[batch, 1, targets]</c>.</summary>
    public string EmitSize(OnnxGraphBuilder graph, WindowUnits units) => OfTargets(graph, Size, units);

    private static string OfTargets(OnnxGraphBuilder graph, string values, WindowUnits units) =>
        graph.Node("Gather", [values, graph.Integers([.. units.TargetFeatures.Select(f => (long)f)])], ("axis", 2));

    private sealed record Steps(string Flags, string Count);

    // Which steps are no padding, [B, T, 1], and how many, [B, 1, 1].
    private static Steps Present(OnnxGraphBuilder graph, string raw)
    {
        string real = WindowMask.EmitReal(graph, raw);
        string flags = graph.Node("Cast", [real], ("to", (int)OnnxElementType.Float));
        return new(real, graph.Node("ReduceSum", [flags, graph.Integers(1)], ("keepdims", 1)));
    }

    // Over the steps, [B, T, F] → [B, 1, F].
    private static string Average(OnnxGraphBuilder graph, string values, Steps? present)
    {
        if (present is null)
            return graph.Node("ReduceMean", [values], ("axes", new long[] { 1 }), ("keepdims", 1));
        string real = graph.Node("Where", [present.Flags, values, graph.Singles(0f)]);
        return graph.Node("Div", [graph.Node("ReduceSum", [real, graph.Integers(1)], ("keepdims", 1)), present.Count]);
    }
}
