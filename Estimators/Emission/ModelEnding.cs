using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>What a network gives in a graph, and what is needed to make the model's outputs of it.</summary>
/// <param name="Prediction">The network's values, <c>[batch, outputs]</c>, in its own units.</param>
/// <param name="Missing">NaN for a sequence that has no prediction, else 0, <c>[batch, 1]</c>.</param>
/// <param name="Last">With differencing the last step of each sequence, <c>[batch, 1, features]</c>; else null.</param>
/// <param name="Scaler">The units of the network.</param>
/// <param name="Outputs">The model's outputs.</param>
/// <param name="Window">The units of each window, where it has its own; else null.</param>
/// <param name="Forecast">How a forecasting model forecasts; null for other tasks.</param>
internal sealed record ModelEnding(string Prediction, string Missing, string? Last, Scaler Scaler, ImmutableArray<SequenceModelOutput> Outputs,
    WindowUnitsEmission? Window = null, ForecastSummary? Forecast = null)
{
    /// <summary>Declares an output of the graph.</summary>
    public void Emit(OnnxGraphBuilder graph, int output, string value) =>
        graph.Output(Outputs[output].Name, value, ["batch", .. Outputs[output].Dimensions.Select(d => (object)d)]);
}
