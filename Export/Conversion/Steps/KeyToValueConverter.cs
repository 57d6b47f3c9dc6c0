using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn;

/// <summary><c>MapKeyToValue</c>: the vocabulary is in the file; a missing key becomes an empty text, NaN, or 0, as in ML.NET.</summary>
internal sealed class KeyToValueConverter : OnnxStepConverter<KeyToValueMappingTransformer>
{
    protected override OnnxColumn Convert(KeyToValueMappingTransformer transformer, OnnxStepContext context)
    {
        var (input, graph) = (context.Input(), context.Graph);
        if (OnnxTypes.Find(context.OutputColumn.Type) is null)
            throw context.NotSupported($"its values are {context.OutputColumn.Type}. Do the step outside of the exported pipeline.");
        var keys = (KeyDataViewType)OnnxTypes.Item(input.Type);
        string index = KeyNumbers.EmitUpTo(graph, input.Value, (long)keys.Count);
        string table = Vocabulary.OfValues(context.InputColumn).EmitWithMissing(graph);
        return context.Output(graph.Node("Gather", [table, index]));
    }
}
