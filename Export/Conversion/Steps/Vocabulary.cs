using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The values that keys stand for, read with the type that they have.</summary>
internal abstract class Vocabulary
{
    /// <summary>The vocabulary with another first entry: key 0, the missing one, as ML.NET gives it.</summary>
    public abstract string EmitWithMissing(OnnxGraphBuilder graph);

    /// <summary>Reads the values of a key column.</summary>
    /// <param name="column">A key column, or vector of keys, with KeyValues.</param>
    public static Vocabulary OfValues(DataViewSchema.Column column)
    {
        var type = OnnxTypes.Item(column.Annotations.Schema["KeyValues"].Type);
        return (Vocabulary)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(type.RawType), column)!;
    }

    private sealed class Typed<T> : Vocabulary
    {
        private readonly T[] _values;

        public Typed(DataViewSchema.Column column)
        {
            VBuffer<T> values = default;
            column.GetKeyValues(ref values);
            _values = [.. values.DenseValues()];
        }

        public override string EmitWithMissing(OnnxGraphBuilder graph) => _values switch
        {
            ReadOnlyMemory<char>[] texts => graph.Texts(["", .. texts.Select(t => t.ToString())]),
            float[] numbers => graph.Singles([float.NaN, .. numbers]),
            double[] numbers => graph.Doubles([double.NaN, .. numbers]),
            bool[] flags => Cast(graph, flags.Select(f => f ? 1L : 0)),
            _ => Cast(graph, _values.Select(ToInt64)),
        };

        private static long ToInt64(T value) => value is ulong big ? unchecked((long)big) : System.Convert.ToInt64(value);

        private static string Cast(OnnxGraphBuilder graph, IEnumerable<long> values) =>
            graph.Node("Cast", [graph.Integers([0, .. values])], ("to", (int)OnnxTypes.Find(typeof(T))!.Value));
    }
}
