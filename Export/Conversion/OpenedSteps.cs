using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MlNetRnn;

/// <summary>The steps of a pipeline with those opened that hide a chain of elementary ones.</summary>
internal static class OpenedSteps
{
    /// <summary>All steps, each with the name that messages give it: its place among the user's steps and its class.</summary>
    public static (ITransformer Transformer, string Name)[] Of(ITransformer model)
    {
        var steps = PipelineSteps.Of(model);
        return [.. steps.SelectMany((step, i) => Open(step).Select(inner => (inner, PipelineSteps.Name(steps, i))))];
    }

    private static ITransformer[] Open(ITransformer step) => step is OneHotEncodingTransformer ? Reloaded(step) : [step];

    // It keeps its chain to itself, but is saved as nothing but the chain.
    private static ITransformer[] Reloaded(ITransformer step)
    {
        var ml = new MLContext();
        using var stream = new MemoryStream();
        ml.Model.Save(step, inputSchema: null, stream);
        stream.Position = 0;
        return PipelineSteps.Of(ml.Model.Load(stream, out _));
    }
}
