using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Looks into pipelines that are not fitted yet.</summary>
internal static class PipelineEstimators
{
    internal const string ChainField = "_estimators"; // of EstimatorChain, which hands out only its last one

    /// <summary>The settings of the windowing in a pipeline; null where there is none that can be seen.</summary>
    public static SlidingWindowSettings? FindWindow(IEstimator<ITransformer> pipeline)
        => Flatten(pipeline).OfType<SlidingWindowEstimator>().FirstOrDefault()?.Settings;

    private static IEnumerable<IEstimator<ITransformer>> Flatten(IEstimator<ITransformer> estimator)
    {
        var type = estimator.GetType();
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(EstimatorChain<>))
            return [estimator];
        var field = type.GetField(ChainField, BindingFlags.Instance | BindingFlags.NonPublic);
        return field?.GetValue(estimator) is IEstimator<ITransformer>[] parts ? parts.SelectMany(Flatten) : [];
    }
}
