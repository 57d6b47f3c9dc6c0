using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Language models in pipelines: going on with texts, and measuring how well they are predicted.</summary>
public static class LanguageModelExtensions
{
    /// <summary>
    /// Goes on with a text, token by token as they are asked for. For many texts make a <see cref="TokenGenerator"/> once: it keeps the model
    /// open.
    /// </summary>
    /// <param name="model">A fitted or loaded pipeline with a language model, or its <see cref="SequenceTransformer"/>.</param>
    /// <param name="prompt">The text so far, may be empty.</param>
    /// <param name="length">The most tokens to give, at least 0; fewer where the text ends.</param>
    /// <param name="sampling">How tokens are drawn; null for the defaults.</param>
    /// <returns>The tokens after the prompt.</returns>
    /// <exception cref="ArgumentException">
    /// The pipeline holds no language model, sampling options are wrong, or the prompt has an unknown token and the model refuses those.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 0.</exception>
    public static IEnumerable<string> Generate(this ITransformer model, string prompt, int length, SamplingOptions? sampling = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var found = model.GetSequenceModel();
        TokenGenerator.Check(found);
        var vocabulary = new TokenVocabulary(found.Manifest);
        vocabulary.Keys(vocabulary.Split(prompt), nameof(prompt));
        sampling?.Validate();
        return Enumerate(found, prompt, length, sampling);
    }

    /// <summary>Measures how well a language model predicts texts.</summary>
    /// <param name="catalog"><c>mlContext.MulticlassClassification</c>.</param>
    /// <param name="model">A fitted or loaded pipeline with a language model, or its <see cref="SequenceTransformer"/>.</param>
    /// <param name="data">What the pipeline takes.</param>
    /// <returns>The metrics.</returns>
    /// <exception cref="ArgumentException">The pipeline holds no language model, or the data lacks a column.</exception>
    /// <exception cref="InvalidOperationException">There is no token, or one is missing from the vocabulary and the model refuses those.</exception>
    public static LanguageModelMetrics EvaluateLanguageModel(this MulticlassClassificationCatalog catalog, ITransformer model, IDataView data)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        using var generator = new TokenGenerator(model.GetSequenceModel());
        return generator.Evaluate(model.Transform(data));
    }

    // Opened where the first token is asked for.
    private static IEnumerable<string> Enumerate(SequenceModel model, string prompt, int length, SamplingOptions? sampling)
    {
        using var generator = new TokenGenerator(model);
        foreach (string token in generator.Generate(prompt, length, sampling))
            yield return token;
    }
}
