using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The steps of a fitted or loaded model in the order in which <c>Transform</c> runs them, chains within chains opened.</summary>
internal static class PipelineSteps
{
    /// <summary>All steps; those that a chain keeps for training alone are left out, as <c>Transform</c> leaves them out.</summary>
    public static ITransformer[] Of(ITransformer model) => [.. Flatten(model)];

    /// <summary>How messages name a step: its place, counted from 1, and its class.</summary>
    public static string Name(ITransformer[] steps, int index) => $"step {index + 1} of {steps.Length}, a {steps[index].GetType().Name},";

    private static IEnumerable<ITransformer> Flatten(ITransformer model) => model is ITransformerChainAccessor chain
        ? chain.Transformers.Where((_, i) => chain.Scopes[i].HasFlag(TransformerScope.Scoring)).SelectMany(Flatten)
        : [model];
}
