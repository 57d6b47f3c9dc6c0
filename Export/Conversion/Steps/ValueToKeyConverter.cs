using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using TermMap = Microsoft.ML.Transforms.ValueToKeyMappingTransformer.TermMap;

namespace MlNetRnn;

/// <summary><c>MapValueToKey</c>: the vocabulary is in the file; a value that is not in it becomes the missing key, 0.</summary>
internal sealed class ValueToKeyConverter : OnnxStepConverter<ValueToKeyMappingTransformer>
{
    protected override OnnxColumn Convert(ValueToKeyMappingTransformer transformer, OnnxStepContext context)
    {
        var (input, graph) = (context.Input(), context.Graph);
        string key = Emit(context, input, transformer.GetTermMap(context.PairIndex(transformer)));
        return context.Output(graph.Node("Cast", [key], ("to", (int)OnnxElementType.UInt32)));
    }

    private static string Emit(OnnxStepContext context, OnnxColumn input, TermMap map) => input.ElementType switch
    {
        OnnxElementType.String => Encode(context.Graph, input.Value, "keys_strings", Texts(map)),
        OnnxElementType.Float => Encode(context.Graph, input.Value, "keys_floats", Terms<float>(map)),
        OnnxElementType.Double => Match(context.Graph, input.Value, Terms<double>(map)),
        OnnxElementType.Bool => Whole(context.Graph, input.Value, Terms<bool>(map), v => v ? 1 : 0),
        OnnxElementType.Int8 => Whole(context.Graph, input.Value, Terms<sbyte>(map), v => v),
        OnnxElementType.Int16 => Whole(context.Graph, input.Value, Terms<short>(map), v => v),
        OnnxElementType.Int32 => Whole(context.Graph, input.Value, Terms<int>(map), v => v),
        OnnxElementType.Int64 => Whole(context.Graph, input.Value, Terms<long>(map), v => v),
        OnnxElementType.UInt8 => Whole(context.Graph, input.Value, Terms<byte>(map), v => v),
        OnnxElementType.UInt16 => Whole(context.Graph, input.Value, Terms<ushort>(map), v => v),
        OnnxElementType.UInt32 => Whole(context.Graph, input.Value, Terms<uint>(map), v => v),
        OnnxElementType.UInt64 => Whole(context.Graph, input.Value, Terms<ulong>(map), v => unchecked((long)v)),
        _ => throw context.NotSupported($"its input is {input.Type}. Do the step outside of the exported pipeline."),
    };

    private static string Whole<T>(OnnxGraphBuilder graph, string value, T[] terms, Func<T, long> number) =>
        Encode(graph, graph.Node("Cast", [value], ("to", (int)OnnxElementType.Int64)), "keys_int64s", terms.Select(number).ToArray());

    // A key is the place of its value, counted from 1.
    private static string Encode<T>(OnnxGraphBuilder graph, string value, string kind, T[] terms)
    {
        long[] keys = terms.Length == 0 ? [0] : [.. Enumerable.Range(1, terms.Length).Select(i => (long)i)];
        object values = terms.Length == 0 ? OneOf(terms) : terms; // an empty vocabulary has one word, whose key is the missing one
        return graph.Node("ai.onnx.ml.LabelEncoder", [value], (kind, values), ("values_int64s", keys), ("default_int64", 0L));
    }

    private static object OneOf<T>(T[] none) => none is string[]? new[] { "" } : new T[1];

    // The encoder knows no Double: compared with each term, at most one of which is the same.
    private static string Match(OnnxGraphBuilder graph, string value, double[] terms)
    {
        string same = graph.Node("Equal", [graph.Node("Unsqueeze", [value, graph.Integers(-1)]), graph.Doubles([.. terms, double.NaN])]);
        string marks = graph.Node("Cast", [same], ("to", (int)OnnxElementType.Int64));                          // [..., size, terms]
        string keys = graph.Integers([.. Enumerable.Range(1, terms.Length + 1).Select(i => (long)i)]);
        return graph.Node("ReduceSum", [graph.Node("Mul", [marks, keys]), graph.Integers(-1)], ("keepdims", 0)); // [..., size]
    }

    private static string[] Texts(TermMap map) => [.. Terms<ReadOnlyMemory<char>>(map).Select(t => t.ToString())];

    private static T[] Terms<T>(TermMap map)
    {
        VBuffer<T> terms = default;
        ((ValueToKeyMappingTransformer.TermMap<T>)map).GetTerms(ref terms);
        return [.. terms.DenseValues()];
    }
}
