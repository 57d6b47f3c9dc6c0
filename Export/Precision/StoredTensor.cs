using System.Runtime.InteropServices;
using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Reads and makes the tensors that a graph stores. Their bytes are little endian by the standard, as every platform of .NET is.</summary>
internal static class StoredTensor
{
    // Types of elements by the standard's numbers; of them only OnnxElementType's are for values that a cell declares.
    public const int UInt8 = 2, Int8 = 3, Float16 = 10, Float = (int)OnnxElementType.Float;

    /// <summary>The values of a Single tensor, row-major.</summary>
    public static ReadOnlySpan<float> Singles(this TensorProto tensor) => MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);

    public static TensorProto Create<T>(string name, int type, ReadOnlySpan<T> values, params IEnumerable<long> dimensions)
        where T : unmanaged
    {
        var tensor = new TensorProto { Name = name, DataType = type, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        tensor.Dims.Add(dimensions);
        return tensor;
    }

    /// <summary>A node that gives the tensor under the tensor's name.</summary>
    public static NodeProto Constant(TensorProto tensor) => new()
    {
        OpType = "Constant",
        Name = $"{tensor.Name}.constant",
        Output = { tensor.Name },
        Attribute = { new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = tensor } },
    };

    /// <summary>Turns the values of <paramref name="input"/> into Singles.</summary>
    public static NodeProto Cast(string input, string output) => new()
    {
        OpType = "Cast",
        Name = $"{output}.cast",
        Input = { input },
        Output = { output },
        Attribute = { new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = Float } },
    };
}
