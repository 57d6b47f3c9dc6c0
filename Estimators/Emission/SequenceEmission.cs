namespace MlNetRnn;

/// <summary>Sequences as a network's graph takes them, made from the tensor that a model's file takes.</summary>
/// <param name="TimeMajor">Their steps, <c>[steps, batch, features]</c>, the real ones first.</param>
/// <param name="Lengths">Real steps of each, int32 <c>[batch]</c>, at least 1; null where each has all.</param>
/// <param name="Last">With differencing the last step of each, <c>[batch, 1, features]</c>; else null.</param>
/// <param name="Missing">NaN for a sequence without a prediction, else 0, <c>[batch, 1]</c>.</param>
/// <param name="EmitAsGiven">Moves values of the steps to where the steps stand in the file's tensor, <c>[steps, batch, …]</c>.</param>
internal sealed record SequenceEmission(string TimeMajor, string? Lengths, string? Last, string Missing, Func<string, string> EmitAsGiven)
{
    /// <summary>Scaled values of the columns beside the window, <c>[batch, values]</c>; null where there are none.</summary>
    public string? Context { get; init; }

    /// <summary>The units of each window, where it has its own; else null.</summary>
    public WindowUnitsEmission? Window { get; init; }

    /// <param name="graph">The graph.</param>
    /// <param name="raw">The sequences as they come, <c>[batch, steps, features]</c>.</param>
    /// <param name="scaler">The units of the network.</param>
    /// <param name="manifest">What the sequences are.</param>
    public static SequenceEmission Emit(OnnxGraphBuilder graph, string raw, Scaler scaler, SequenceModelManifest manifest) =>
        manifest.Language is not null ? OfTexts(graph, raw, manifest.Tokens)
        : manifest.Tokens > 0 ? OfTokens(graph, raw, manifest.Tokens)
        : manifest.Forecast is { TargetFeatures.IsEmpty: false } forecast ? OfWindows(graph, raw, scaler, manifest.Features, forecast)
        : manifest.Steps > 0 ? OfNumbers(graph, raw, scaler, manifest.VariableLength)
        : OfAnyNumberOfSteps(graph, raw, scaler);

    // One step of padding before any number of steps: ONNX Runtime ends the process where there is none.
    private static SequenceEmission OfAnyNumberOfSteps(OnnxGraphBuilder graph, string raw, Scaler scaler)
    {
        string padded = graph.Node("Pad", [raw, graph.Integers(0, 1, 0, 0, 0, 0), graph.Initializer("padding.missing", [float.NaN])]);
        var emission = OfNumbers(graph, padded, scaler, variableLength: true);
        return emission with
        {
            EmitAsGiven = values => graph.Node(
                "Slice", [emission.EmitAsGiven(values), graph.Integers(1), graph.Integers(int.MaxValue), graph.Integers(0)]),
        };
    }

    private static SequenceEmission OfNumbers(OnnxGraphBuilder graph, string raw, Scaler scaler, bool variableLength)
    {
        string? last = scaler.DifferencedFeatures is null
            ? null
            : graph.Node("Slice", [raw, graph.Integers(-1), graph.Integers(int.MaxValue), graph.Integers(1)]); // [B, 1, F]
        string scaled = ScalingEmission.EmitScaling(graph, raw, last, scaler);
        var padding = variableLength ? LeadingPadding.Emit(graph, raw) : null;
        string values = padding?.EmitCleared(graph, scaled) ?? scaled;
        string timeMajor = EmitTimeMajor(graph, values);
        string sequences = padding?.EmitMovedToEnd(graph, timeMajor) ?? timeMajor;
        string missing = EmitMissing(graph, values);
        return padding is null
            ? new(sequences, null, last, missing, given => given)
            : new(sequences, padding.Lengths, last, graph.Node("Add", [missing, padding.EmitEmpty(graph)]), v => padding.EmitMovedBack(graph, v));
    }

    // All windows have as many steps: those of padding stay where they are, NaN, for the network to read as a mask.
    private static SequenceEmission OfWindows(OnnxGraphBuilder graph, string raw, Scaler scaler, int features, ForecastSummary forecast)
    {
        string? context = null;
        if (forecast.Window is { } size)
            (raw, context, features) = Part(graph, raw, size, scaler);
        string? last = scaler.DifferencedFeatures is null
            ? null
            : graph.Node("Slice", [raw, graph.Integers(-1), graph.Integers(int.MaxValue), graph.Integers(1)]); // [B, 1, F]
        var window = scaler.Window is { } units ? WindowUnitsEmission.Measure(graph, raw, features, units, forecast.Masked, context) : null;
        string scaled = ScalingEmission.EmitScaling(graph, window?.EmitScaled(graph) ?? raw, last, scaler);
        string present = forecast.Masked ? graph.Node("Where", [WindowMask.EmitReal(graph, raw), scaled, graph.Singles(0f)]) : scaled;
        string missing = EmitMissing(graph, present);
        if (context is not null)
            missing = graph.Node("Add", [missing, EmitMissing(graph, graph.Node("Unsqueeze", [context, graph.Integers(1)]))]);
        return new(EmitTimeMajor(graph, scaled), null, last, missing, given => given) { Window = window, Context = context };
    }

    // [batch, 1, values] → the windows, [batch, steps, features], and what stands beside them, scaled, [batch, values].
    private static (string Windows, string Context, int Features) Part(OnnxGraphBuilder graph, string raw, WindowSize size, Scaler scaler)
    {
        int values = size.Steps * size.Features, beside = scaler.CovariateMeans.Length;
        string flat = graph.Node("Reshape", [raw, graph.Integers(-1, values + beside)]);
        string window = graph.Node("Slice", [flat, graph.Integers(0), graph.Integers(values), graph.Integers(1)]);
        string context = graph.Node("Slice", [flat, graph.Integers(values), graph.Integers(values + beside), graph.Integers(1)]);
        string centred = graph.Node("Sub", [context, graph.Initializer("scaling.covariate_means", scaler.CovariateMeans, beside)]);
        string scaled = graph.Node("Div", [centred, graph.Initializer("scaling.covariate_scales", scaler.CovariateScales, beside)]);
        return (graph.Node("Reshape", [window, graph.Integers(-1, size.Steps, size.Features)]), scaled, size.Features);
    }

    private static SequenceEmission OfTokens(OnnxGraphBuilder graph, string raw, int tokens)
    {
        var padding = TokenPadding.Emit(graph, raw, tokens);
        string sequences = padding.EmitMovedToEnd(graph, EmitTimeMajor(graph, padding.Keys));
        return new(sequences, padding.Lengths, Last: null, padding.EmitEmpty(graph), values => padding.EmitMovedBack(graph, values));
    }

    // The token that begins a text, whose key is behind those of the vocabulary, stands before the others: no text is without a step.
    private static SequenceEmission OfTexts(OnnxGraphBuilder graph, string raw, int tokens)
    {
        var padding = TokenPadding.Emit(graph, raw, tokens);
        string sequences = padding.EmitMovedToEnd(graph, EmitTimeMajor(graph, padding.Keys));             // [T + 1, B, 1]
        string begun = graph.Node("Pad", [sequences, graph.Integers(1, 0, 0, 0, 0, 0), graph.Singles(tokens + 1f)]);
        return new(begun, padding.EmitLengths(graph, with: 1), Last: null, graph.Singles(0f), values => values);
    }

    private static string EmitTimeMajor(OnnxGraphBuilder graph, string values) =>
        graph.Node("Transpose", [values], ("perm", new long[] { 1, 0, 2 })); // [B, T, F] → [T, B, F]

    // NaN where a sequence holds NaN or infinity, else 0. ONNX Runtime's recurrent operators turn NaN into ordinary numbers, and a
    // prediction from a missing value would look like any other.
    private static string EmitMissing(OnnxGraphBuilder graph, string scaled)
    {
        string sum = graph.Node("ReduceSum", [scaled, graph.Integers(1, 2)], ("keepdims", 1));                // [B, 1, 1]
        string zero = graph.Node("Mul", [sum, graph.Singles(0f)]);                                             // NaN · 0 = ∞ · 0 = NaN
        return graph.Node("Reshape", [zero, graph.Integers(0, 1)]);                                           // [B, 1]
    }
}
