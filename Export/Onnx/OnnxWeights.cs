using System.Runtime.InteropServices;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>The weights in a model's ONNX graph, by name.</summary>
public sealed class OnnxWeights
{
    private readonly Dictionary<string, TensorProto> _tensors;

    internal OnnxWeights(GraphProto graph) => _tensors = graph.Initializer.ToDictionary(t => t.Name);

    /// <summary>The names of all values stored in the graph.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Reads a weight.</summary>
    /// <param name="name">Its name, such as <c>head.weight</c>.</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <returns>Its values, row-major.</returns>
    /// <exception cref="FormatException">There is none of that name, or it is of another type or shape.</exception>
    public float[] Read(string name, params ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_tensors.TryGetValue(name, out var tensor) || tensor.DataType != (int)OnnxElementType.Float)
            throw new FormatException($"The model holds no weight '{name}'; it holds {string.Join(", ", _tensors.Keys.Order())}.");
        if (!tensor.Dims.ToArray().AsSpan().SequenceEqual(shape))
            throw new FormatException($"The model's weight '{name}' is [{string.Join(", ", tensor.Dims)}], "
                + $"expected [{string.Join(", ", shape.ToArray())}].");
        return MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray();
    }
}
