namespace MlNetRnn;

/// <summary>Writes the end of a forecasting model's graph: from what the network says of each value to columns in the series' units.</summary>
internal sealed class ForecastEmission
{
    private readonly OnnxGraphBuilder _graph;
    private readonly ModelEnding _ending;
    private readonly ForecastOutput _output;
    private readonly ForecastLevels _levels;
    private readonly ForecastSummary _forecast;
    private readonly string _size;   // of each value, [B or 1, 1, targets, 1]
    private readonly string _origin; // what it is measured from, [B or 1, horizon or 1, targets, 1]; NaN where there is no prediction

    public ForecastEmission(OnnxGraphBuilder graph, ModelEnding ending, ForecastOutput output, ForecastLevels levels)
    {
        (_graph, _ending, _output, _levels, _forecast) = (graph, ending, output, levels, ending.Forecast!);
        var (size, origin) = ending is { Window: { } window, Scaler.Window: { } units }
            ? (window.EmitSize(graph, units), window.EmitOrigin(graph, units, _forecast.Horizon))
            : Alike(ending.Scaler);
        string missing = graph.Node("Unsqueeze", [ending.Missing, graph.Integers(2)]);            // [B, 1, 1]
        _size = graph.Node("Unsqueeze", [size, graph.Integers(3)]);
        _origin = graph.Node("Unsqueeze", [graph.Node("Add", [origin, missing]), graph.Integers(3)]);
    }

    public void EmitOutputs()
    {
        int values = _forecast.Horizon * _forecast.Targets, at = 0;
        string parameters = _graph.Node("Reshape", [_ending.Prediction, _graph.Integers(-1, values, _output.Parameters)]); // [B, K, P]
        string point = ForecastOutput.EmitPoint(_graph, parameters);                                                        // [B, K]
        string? quantiles = _output.Levels.Length > 0 ? _output.EmitQuantiles(_graph, parameters) : null;                   // [B, K, L]
        Emit(at++, point, 1);
        if (_forecast.ConfidenceLevel is not null)
        {
            string calibration = Calibration(values);
            Emit(at++, _graph.Node("Sub", [quantiles is null ? point : Level(quantiles, _levels.Lower), calibration]), 1);
            Emit(at++, _graph.Node("Add", [quantiles is null ? point : Level(quantiles, _levels.Upper), calibration]), 1);
        }
        if (_forecast.QuantilesColumnName is not null)
            Emit(at, _graph.Node("Gather", [quantiles!, _graph.Integers([.. _levels.Asked.Select(i => (long)i)])], ("axis", 2)), _levels.Asked.Length);
    }

    // In the series' units, [B, horizon, targets, levels] → the output's own shape.
    private void Emit(int output, string values, int levels)
    {
        string parted = _graph.Node("Reshape", [values, _graph.Integers(-1, _forecast.Horizon, _forecast.Targets, levels)]);
        string placed = _graph.Node("Add", [_graph.Node("Mul", [parted, _size]), _origin]);
        long[] sizes = [-1, .. _ending.Outputs[output].Dimensions.Select(d => (long)d)];
        _ending.Emit(_graph, output, _graph.Node("Reshape", [placed, _graph.Integers(sizes)]));
    }

    private string Level(string quantiles, int level) =>
        _graph.Node("Squeeze", [_graph.Node("Gather", [quantiles, _graph.Integers(level)], ("axis", 2)), _graph.Integers(2)]);

    private string Calibration(int values)
    {
        var given = _forecast.Calibration;
        return _graph.Initializer("forecast.calibration", given.IsEmpty ? new float[values] : [.. given], values);
    }

    // All windows are scaled alike, or measured from their last step.
    private (string Size, string Origin) Alike(Scaler scaler)
    {
        int targets = _forecast.Targets;
        string size = _graph.Initializer("scaling.target_scale", scaler.TargetScales, 1, 1, targets);
        string origin = _graph.Initializer("scaling.target_mean", scaler.TargetMeans, 1, 1, targets);
        if (_ending.Last is { } last)
        {
            string features = _graph.Integers([.. scaler.DifferencedFeatures!.Select(f => (long)f)]);
            origin = _graph.Node("Add", [origin, _graph.Node("Gather", [last, features], ("axis", 2))]);                    // [B, 1, J]
        }
        return (size, origin);
    }
}
