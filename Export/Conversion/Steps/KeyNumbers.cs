using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Whole numbers from 0, keys among them, of which ML.NET makes 0 where they do not fit.</summary>
internal static class KeyNumbers
{
    public static bool IsUnsigned(DataViewType type) =>
        type.RawType == typeof(byte) || type.RawType == typeof(ushort) || type.RawType == typeof(uint) || type.RawType == typeof(ulong);

    public static long Largest(OnnxElementType type) => type switch
    {
        OnnxElementType.UInt8 => byte.MaxValue,
        OnnxElementType.UInt16 => ushort.MaxValue,
        OnnxElementType.UInt32 => uint.MaxValue,
        _ => long.MaxValue,
    };

    /// <summary>The numbers as Int64, 0 in place of those above <paramref name="largest"/>.</summary>
    public static string EmitUpTo(OnnxGraphBuilder graph, string value, long largest)
    {
        string wide = graph.Node("Cast", [value], ("to", (int)OnnxElementType.Int64)); // beyond its range: negative
        string fits = graph.Node("And",
            [graph.Node("GreaterOrEqual", [wide, graph.Integers(0)]), graph.Node("LessOrEqual", [wide, graph.Integers(largest)])]);
        return graph.Node("Where", [fits, wide, graph.Integers(0)]);
    }
}
