using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn;

/// <summary><c>MapKeyToVector</c>, and the second half of <c>OneHotEncoding</c>: a 1 in the slot of the key, all 0 for a missing one.</summary>
internal sealed class KeyToVectorConverter : OnnxStepConverter<KeyToVectorMappingTransformer>
{
    protected override OnnxColumn Convert(KeyToVectorMappingTransformer transformer, OnnxStepContext context)
    {
        var (input, graph) = (context.Input(), context.Graph);
        int count = checked((int)((KeyDataViewType)OnnxTypes.Item(input.Type)).Count), size = OnnxTypes.Size(context.OutputColumn.Type);
        if (size == 0)
            throw context.NotSupported("its vectors have a variable size. Do the step outside of the exported pipeline.");
        string key = graph.Node("Unsqueeze", [graph.Node("Cast", [input.Value], ("to", (int)OnnxElementType.Int64)), graph.Integers(-1)]);
        string slots = graph.Integers([.. Enumerable.Range(1, count).Select(i => (long)i)]);
        string hot = graph.Node("Cast", [graph.Node("Equal", [key, slots])], ("to", (int)OnnxElementType.Float)); // [..., keys, count]
        return context.Output(size == count
            ? graph.Node("ReduceSum", [hot, graph.Integers(-2)], ("keepdims", 0))                        // one key, or a bag of keys
            : Flattened(graph, input.Value, hot, size));
    }

    // [..., keys, count] as [..., keys · count]
    private static string Flattened(OnnxGraphBuilder graph, string keys, string hot, int size)
    {
        string rows = graph.Node("Slice", [graph.Node("Shape", [keys]), graph.Integers(0), graph.Integers(-1)]);
        return graph.Node("Reshape", [hot, graph.Node("Concat", [rows, graph.Integers(size)], ("axis", 0))]);
    }
}
