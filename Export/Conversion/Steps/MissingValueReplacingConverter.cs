using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn;

/// <summary><c>ReplaceMissingValues</c> in all modes: what it puts in place of NaN is asked of the step itself.</summary>
internal sealed class MissingValueReplacingConverter : OnnxStepConverter<MissingValueReplacingTransformer>
{
    protected override OnnxColumn Convert(MissingValueReplacingTransformer transformer, OnnxStepContext context)
    {
        var (input, graph) = (context.Input(), context.Graph);
        double[] replacements = input.Type switch
        {
            VectorDataViewType { ItemType.RawType: var item } => item == typeof(double)
                ? context.Made<VBuffer<double>>(transformer).DenseValues().ToArray()
                : [.. context.Made<VBuffer<float>>(transformer).DenseValues().Select(v => (double)v)],
            _ => input.ElementType == OnnxElementType.Double
                ? [context.Made<double>(transformer)]
                : [context.Made<float>(transformer)],
        };
        string missing = graph.Node("IsNaN", [input.Value]);
        return context.Output(graph.Node("Where", [missing, graph.Numbers(input.ElementType, replacements), input.Value]));
    }
}
