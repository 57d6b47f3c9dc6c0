using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Finds sequence models in fitted and loaded pipelines.</summary>
public static class SequenceModelExtensions
{
    /// <summary>The sequence model in a pipeline, such as <c>ml.Model.Load</c> gives.</summary>
    /// <param name="model">A fitted or loaded pipeline, or a <see cref="SequenceTransformer"/> alone.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">The pipeline holds none, or several.</exception>
    public static SequenceModel GetSequenceModel(this ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var steps = PipelineSteps.Of(model);
        SequenceTransformer[] found = [.. steps.OfType<SequenceTransformer>()];
        return found.Length == 1
            ? found[0].Model
            : throw new ArgumentException($"The pipeline holds {found.Length} sequence models, expected one. Its steps are: "
                + $"{string.Join(", ", steps.Select(step => step.GetType().Name))}.", nameof(model));
    }
}
