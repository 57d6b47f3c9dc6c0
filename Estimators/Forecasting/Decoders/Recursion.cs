using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// Rolls a network of one step out over the horizon: each forecast becomes the newest step of the window, whose units are measured anew. All of
/// it is computed in the units of the window as it was given, which lose no digits where a series is far from zero.
/// </summary>
internal sealed class Recursion
{
    // Of the given window's size: where forecasts flatten out, their last digits would be taken for a series, or nothing be left to divide by.
    private const float LeastSize = 1e-4f;

    private static readonly Scalar s_least = LeastSize.ToScalar(); // held while libtorch reads it

    private readonly ForecastShape _shape;
    private readonly long[] _targetOf; // of each feature
    private readonly long[] _features; // of each target

    public Recursion(ForecastShape shape)
    {
        _shape = shape;
        _features = [.. shape.TargetFeatures.Select(f => (long)f)];
        _targetOf = [.. Enumerable.Range(0, _features.Length).Select(f => (long)Array.IndexOf(shape.TargetFeatures, f))];
    }

    private bool IsMeasured => _shape.Normalization is WindowNormalization.Standard or WindowNormalization.LastValue;

    private bool Moves => IsMeasured || _shape.Differenced is not null;

    /// <param name="windows">Scaled windows, <c>[steps, batch, features]</c>, NaN where padded.</param>
    /// <param name="forecast">The network: from such windows to the next step in the units of labels, <c>[batch, targets]</c>.</param>
    /// <returns>All steps in the units of labels, <c>[batch, horizon × targets]</c>.</returns>
    public torch.Tensor Run(torch.Tensor windows, Func<torch.Tensor, torch.Tensor> forecast)
    {
        using var targetOf = torch.tensor(_targetOf, device: windows.device);
        var (rolled, steps) = (windows, new torch.Tensor[_shape.Horizon]);
        for (int k = 0; k < steps.Length; k++)
        {
            torch.Tensor? shift = null, size = null;
            if (k > 0 && Moves)
                (shift, size) = Measure(rolled);
            var read = shift is null ? rolled : (rolled - shift) / size!;
            steps[k] = Place(forecast(read).index_select(1, targetOf).unsqueeze(0), rolled, shift, size); // [1, B, F]
            rolled = torch.cat([rolled.narrow(0, 1, _shape.Steps - 1), steps[k]], 0);
        }
        using var features = torch.tensor(_features, device: windows.device);
        var labels = ToLabels(torch.cat(steps, 0), windows).index_select(2, features);           // [H, B, J]
        return labels.transpose(0, 1).reshape(windows.shape[1], -1);
    }

    /// <summary>Writes <see cref="Run"/>, as a <c>Loop</c> over the horizon.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="windows">Scaled windows, <c>[steps, batch, features]</c>, NaN where padded.</param>
    /// <param name="forecast">Writes the network: the graph, and such windows.</param>
    public string EmitOnnx(OnnxGraphBuilder graph, string windows, Func<OnnxGraphBuilder, string, string> forecast)
    {
        int features = _features.Length;
        string count = graph.Node("Squeeze", [graph.Integers(_shape.Horizon)]);
        string steps = graph.Nodes("Loop", [count, "", windows], 2, ("body", EmitBody(graph, forecast)))[1];                  // [H, B, F]
        string labels = graph.Node("Gather", [EmitToLabels(graph, steps, windows), graph.Integers(_features)], ("axis", 2));
        string turned = graph.Node("Transpose", [labels], ("perm", new long[] { 1, 0, 2 }));
        return graph.Node("Reshape", [turned, graph.Integers(-1, _shape.Horizon * features)]);
    }

    // The level and the size of windows in their rolled units, [1, B, F] or what spreads to it.
    private (torch.Tensor Shift, torch.Tensor Size) Measure(torch.Tensor windows)
    {
        var last = windows.narrow(0, _shape.Steps - 1, 1);
        if (!IsMeasured)
            return (last + torch.tensor(_shape.Differenced!, device: windows.device), torch.ones_like(last));
        var relative = windows - last;
        var present = relative.isnan().logical_not().to(windows.dtype);
        var (known, count) = (relative.nan_to_num(0), present.sum(0, keepdim: true));
        var mean = known.sum(0, keepdim: true) / count;
        var deviation = (((known - mean) * present).square().sum(0, keepdim: true) / count).sqrt();
        return (_shape.Normalization == WindowNormalization.Standard ? last + mean : last, deviation.clamp_min(s_least));
    }

    // A forecast in the units of labels of a rolled window, in those of features of the window as it was given.
    private torch.Tensor Place(torch.Tensor forecast, torch.Tensor rolled, torch.Tensor? shift, torch.Tensor? size)
    {
        if (_shape.LabelUnits is { } units)
        {
            var value = (forecast - OfFeatures(units.Shifts, forecast)) / OfFeatures(units.Gains, forecast);
            return shift is null ? value : value + shift;
        }
        var sized = size is null ? forecast : forecast * size;
        if (_shape.Season > 0)
            return sized + OrLast(rolled.narrow(0, _shape.Steps - _shape.Season, 1), rolled);
        return shift is null ? sized : sized + shift;
    }

    private torch.Tensor ToLabels(torch.Tensor values, torch.Tensor windows)
    {
        if (_shape.LabelUnits is { } units)
            return (values * OfFeatures(units.Gains, values)) + OfFeatures(units.Shifts, values);
        if (_shape.Season == 0)
            return values;
        using var steps = torch.tensor(SeasonalSteps, device: windows.device);
        return values - OrLast(windows.index_select(0, steps), windows);
    }

    // The window's last values where there are none.
    private torch.Tensor OrLast(torch.Tensor origin, torch.Tensor windows) =>
        torch.where(origin.isnan(), windows.narrow(0, _shape.Steps - 1, 1), origin);

    // For each step of the horizon the step of the window that labels are measured from.
    private long[] SeasonalSteps =>
        [.. Enumerable.Range(0, _shape.Horizon).Select(k => (long)(_shape.Steps - _shape.Season + (k % _shape.Season)))];

    private torch.Tensor OfFeatures(float[] ofTargets, torch.Tensor like) => torch.tensor(OfFeatures(ofTargets), device: like.device);

    private float[] OfFeatures(float[] ofTargets) => Array.ConvertAll(_targetOf, j => ofTargets[j]);

    // One step: its number, whether to go on, the window; out come whether to go on, the window one step later, the newest step.
    private OnnxGraphBuilder EmitBody(OnnxGraphBuilder graph, Func<OnnxGraphBuilder, string, string> forecast)
    {
        var body = graph.Subgraph();
        int features = _features.Length;
        string number = body.Input(body.UnusedName("number"), OnnxElementType.Int64);
        string goOn = body.Input(body.UnusedName("go_on"), OnnxElementType.Bool);
        string rolled = body.Input(body.UnusedName("window"), _shape.Steps, "batch", features);
        string? shift = null, size = null;
        if (Moves)
            (shift, size) = EmitMeasure(body, rolled, number);
        string read = shift is null ? rolled : body.Node("Div", [body.Node("Sub", [rolled, shift]), size!]);
        string ofFeatures = body.Node("Gather", [forecast(body, read), body.Integers(_targetOf)], ("axis", 1));               // [B, F]
        string newest = EmitPlace(body, body.Node("Unsqueeze", [ofFeatures, body.Integers(0)]), rolled, shift, size);         // [1, B, F]
        string later = body.Node("Slice", [rolled, body.Integers(1), body.Integers(int.MaxValue), body.Integers(0)]);
        body.Output(body.UnusedName("goes_on"), goOn, OnnxElementType.Bool);
        body.Output(body.UnusedName("rolled"), body.Node("Concat", [later, newest], ("axis", 0)), _shape.Steps, "batch", features);
        body.Output(body.UnusedName("newest"), body.Node("Squeeze", [newest, body.Integers(0)]), "batch", features);
        graph.TakeInitializers(body);
        return body;
    }

    // The window as it was given, the first one, is in its units already.
    private (string Shift, string Size) EmitMeasure(OnnxGraphBuilder body, string windows, string number)
    {
        string isGiven = body.Node("Equal", [number, body.Node("Squeeze", [body.Integers(0)])]);
        string last = Step(body, windows, -1), zero = body.Singles(0f), one = body.Singles(1f);
        if (!IsMeasured)
            return (body.Node("Where", [isGiven, zero, body.Node("Add", [last, body.Singles(_shape.Differenced!)])]), one);
        string relative = body.Node("Sub", [windows, last]);
        string present = body.Node("Not", [body.Node("IsNaN", [relative])]);
        string count = Sum(body, body.Node("Cast", [present], ("to", (int)OnnxElementType.Float)));
        string mean = body.Node("Div", [Sum(body, body.Node("Where", [present, relative, zero])), count]);
        string centred = body.Node("Where", [present, body.Node("Sub", [relative, mean]), zero]);
        string deviation = body.Node("Sqrt", [body.Node("Div", [Sum(body, body.Node("Mul", [centred, centred])), count])]);
        string shift = _shape.Normalization == WindowNormalization.Standard ? body.Node("Add", [last, mean]) : last;
        string size = body.Node("Max", [deviation, body.Singles(LeastSize)]);
        return (body.Node("Where", [isGiven, zero, shift]), body.Node("Where", [isGiven, one, size]));
    }

    private string EmitPlace(OnnxGraphBuilder body, string forecast, string rolled, string? shift, string? size)
    {
        if (_shape.LabelUnits is { } units)
        {
            string centred = body.Node("Sub", [forecast, body.Singles(OfFeatures(units.Shifts))]);
            string value = body.Node("Div", [centred, body.Singles(OfFeatures(units.Gains))]);
            return shift is null ? value : body.Node("Add", [value, shift]);
        }
        string sized = size is null ? forecast : body.Node("Mul", [forecast, size]);
        if (_shape.Season > 0)
            return body.Node("Add", [sized, EmitOrLast(body, Step(body, rolled, -_shape.Season), rolled)]);
        return shift is null ? sized : body.Node("Add", [sized, shift]);
    }

    private string EmitToLabels(OnnxGraphBuilder graph, string values, string windows)
    {
        if (_shape.LabelUnits is { } units)
        {
            string sized = graph.Node("Mul", [values, graph.Singles(OfFeatures(units.Gains))]);
            return graph.Node("Add", [sized, graph.Singles(OfFeatures(units.Shifts))]);
        }
        return _shape.Season == 0
            ? values
            : graph.Node("Sub", [values, EmitOrLast(graph, Step(graph, windows, SeasonalSteps), windows)]);
    }

    private static string EmitOrLast(OnnxGraphBuilder graph, string origin, string windows) =>
        graph.Node("Where", [graph.Node("IsNaN", [origin]), Step(graph, windows, -1), origin]);

    private static string Step(OnnxGraphBuilder graph, string windows, params ReadOnlySpan<long> steps) =>
        graph.Node("Gather", [windows, graph.Integers(steps)], ("axis", 0));                      // [steps, B, F]

    private static string Sum(OnnxGraphBuilder graph, string values) =>
        graph.Node("ReduceSum", [values, graph.Integers(0)], ("keepdims", 1));                    // [1, B, F]
}
