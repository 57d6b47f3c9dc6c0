using System.Collections.Immutable;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>How ML.NET's types stand in an ONNX graph.</summary>
internal static class OnnxTypes
{
    private static readonly Dictionary<Type, OnnxElementType> Elements = new()
    {
        [typeof(float)] = OnnxElementType.Float,
        [typeof(double)] = OnnxElementType.Double,
        [typeof(sbyte)] = OnnxElementType.Int8,
        [typeof(byte)] = OnnxElementType.UInt8,
        [typeof(short)] = OnnxElementType.Int16,
        [typeof(ushort)] = OnnxElementType.UInt16,
        [typeof(int)] = OnnxElementType.Int32,
        [typeof(uint)] = OnnxElementType.UInt32,
        [typeof(long)] = OnnxElementType.Int64,
        [typeof(ulong)] = OnnxElementType.UInt64,
        [typeof(bool)] = OnnxElementType.Bool,
        [typeof(ReadOnlyMemory<char>)] = OnnxElementType.String,
    };

    /// <summary>The elements' type, a key's that of its number; null where ONNX has none (times, images).</summary>
    public static OnnxElementType? Find(DataViewType type) => Find(Item(type).RawType);

    public static OnnxElementType? Find(Type item) => Elements.TryGetValue(item, out var element) ? element : null;

    public static DataViewType Item(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    /// <summary>Values in a row: 1 for a scalar, 0 where their number is not known.</summary>
    public static int Size(DataViewType type) => type is VectorDataViewType vector ? vector.Size : 1;

    public static ImmutableArray<int> Dimensions(DataViewType type) => type is VectorDataViewType vector ? vector.Dimensions : [1];
}
