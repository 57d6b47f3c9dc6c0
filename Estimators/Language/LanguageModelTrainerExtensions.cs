using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Language models in <c>mlContext.MulticlassClassification.Trainers</c>.</summary>
public static class LanguageModelTrainerExtensions
{
    /// <summary>
    /// Learns to predict each token of texts from those before it. The model goes on with texts
    /// (<see cref="LanguageModelExtensions.Generate"/>, <see cref="TokenGenerator"/>), tells how likely texts are
    /// (<see cref="LanguageModelExtensions.EvaluateLanguageModel"/>), and scores rows: <c>Score</c> has the probability of each token to come
    /// next after the row's, and of the text's end, which is the last; <c>PredictedLabel</c> is the likeliest.
    /// </summary>
    /// <remarks>
    /// <para>The loss is cross-entropy, so that <see cref="EpochMetrics.TrainingLoss"/> and <see cref="EpochMetrics.ValidationLoss"/> are nats
    /// per token, and e to the power of them the perplexity.</para>
    /// <para>The recurrent network reads a symbol for the beginning, then the tokens; gradients go back through
    /// <see cref="LanguageModelOptions.TruncationLength"/> steps, states through all.</para>
    /// </remarks>
    /// <param name="catalog"><c>mlContext.MulticlassClassification.Trainers</c>.</param>
    /// <param name="inputColumnName">
    /// The column of texts: a vector of keys (tokens: characters, words), usually of any length, as
    /// <c>ml.Transforms.Conversion.MapValueToKey</c> makes it of a vector of text. The key's values are the vocabulary.
    /// </param>
    /// <param name="options">The network and its training; null for the defaults.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the message lists all that is wrong.</exception>
    public static RecurrentEstimator LanguageModel(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string inputColumnName, LanguageModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        options ??= new();
        return new(catalog.GetEnvironment(), new LanguageTask(options), inputColumnName, inputColumnName, options.Network);
    }
}
