using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>
/// A linear map from a window's targets to the horizon's, the same for each target, that runs beside the recurrent layers (the autoregressive
/// part of LSTNet: Lai et al., 2018). It begins at zero.
/// </summary>
internal sealed class LinearHighway : IDisposable
{
    private const string WeightName = "highway.weight";

    private readonly ForecastShape _shape;
    private readonly Linear _linear;
    private readonly torch.Tensor _features; // int64 [targets]

    public LinearHighway(ForecastShape shape)
    {
        _shape = shape;
        _linear = torch.nn.Linear(shape.Steps, shape.Horizon, hasBias: false);
        TensorData.Write(_linear.weight, new float[shape.Steps * shape.Horizon]);
        _features = torch.tensor([.. shape.TargetFeatures.Select(f => (long)f)]).DetachFromDisposeScope();
    }

    public Linear Module => _linear;

    /// <summary>What is added to the location of each value to come; 0 for its other parameters.</summary>
    /// <param name="windows"><c>[steps, batch, features]</c>, 0 where padded.</param>
    /// <returns><c>[batch, horizon × targets × parameters]</c>.</returns>
    public torch.Tensor Forward(torch.Tensor windows)
    {
        long batch = windows.shape[1];
        using var features = _features.to(windows.device);
        var series = windows.index_select(2, features).permute(1, 2, 0);                         // [B, J, T]
        var mapped = _linear.call(series).transpose(1, 2).reshape(batch, -1, 1);                  // [B, H·J, 1]
        if (_shape.Parameters == 1)
            return mapped.reshape(batch, -1);
        var others = torch.zeros(batch, mapped.shape[1], _shape.Parameters - 1, device: mapped.device);
        return torch.cat([mapped, others], 2).reshape(batch, -1);                                 // [B, H·J, P] → [B, H·J·P]
    }

    /// <inheritdoc cref="Forward"/>
    public string EmitOnnx(OnnxGraphBuilder graph, string windows)
    {
        string features = graph.Integers([.. _shape.TargetFeatures.Select(f => (long)f)]);
        string series = graph.Node("Transpose", [graph.Node("Gather", [windows, features], ("axis", 2))], ("perm", new long[] { 1, 2, 0 }));
        string weight = graph.Initializer(WeightName, TensorData.Read(_linear.weight), _linear.weight.shape);                  // [H, T]
        string turned = graph.Node("Transpose", [weight], ("perm", new long[] { 1, 0 }));
        string mapped = graph.Node("Transpose", [graph.Node("MatMul", [series, turned])], ("perm", new long[] { 0, 2, 1 }));  // [B, H, J]
        int values = _shape.Horizon * _shape.TargetFeatures.Length;
        string ofLocation = graph.Node("Reshape", [mapped, graph.Integers(-1, values, 1)]);
        if (_shape.Parameters > 1)
        {
            string zeros = graph.Initializer("highway.others", new float[_shape.Parameters - 1], 1, 1, _shape.Parameters - 1);
            string spread = graph.Node("Mul", [ofLocation, zeros]);
            ofLocation = graph.Node("Concat", [ofLocation, spread], ("axis", 2));                 // [B, H·J, P]
        }
        return graph.Node("Reshape", [ofLocation, graph.Integers(-1, values * _shape.Parameters)]);
    }

    public void ReadOnnx(OnnxWeights weights) => TensorData.Write(_linear.weight, weights.Read(WeightName, _linear.weight.shape));

    public void Dispose()
    {
        _features.Dispose();
        _linear.Dispose();
    }
}
