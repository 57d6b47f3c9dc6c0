using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Language;

/// <summary>Texts as rows of tokens, and models that learn them in a moment.</summary>
internal static class Texts
{
    public static MLContext Ml { get; } = new(1);

    /// <summary>A few weights, two epochs, nothing that stops early.</summary>
    public static LanguageModelOptions Tiny { get; } = new()
    {
        HiddenSizes = [6],
        EmbeddingSize = 4,
        TruncationLength = 5,
        Training = new() { Epochs = 2, BatchSize = 8, Seed = 1, LearningRate = 0.01, EarlyStopping = null, ReduceLearningRate = null },
    };

    public static LanguageModelOptions Train(this LanguageModelOptions options, Func<TrainingOptions, TrainingOptions> change) =>
        options with { Training = change(options.Training) };

    /// <summary>Texts of the letters a to d, of 1 to <paramref name="longest"/> of them.</summary>
    public static string[] Random(int count, int longest, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => "abcd"[random.Next(4)])]))];
    }

    /// <summary>A view of texts, a character a token.</summary>
    public static IDataView View(params IEnumerable<string> texts) => Ml.Data.LoadFromEnumerable(
        texts.Select(t => new Text { Tokens = [.. t.EnumerateRunes().Select(r => r.ToString())] }));

    /// <summary>A view of texts, a word a token.</summary>
    public static IDataView Words(params IEnumerable<string> texts) =>
        Ml.Data.LoadFromEnumerable(texts.Select(t => new Text { Tokens = t.Split(' ') }));

    /// <summary>Keys of the characters that occur, or of those given.</summary>
    public static ITransformer Keys(IDataView data, string? vocabulary = null) => Ml.Transforms.Conversion.MapValueToKey(
        "Tokens", keyData: vocabulary is null ? null : Ml.Data.LoadFromEnumerable(vocabulary.Select(c => new Token { Value = c.ToString() }))).Fit(data);

    /// <summary>A pipeline from text to model.</summary>
    public static TransformerChain<SequenceTransformer> Fit(IDataView data, LanguageModelOptions? options = null, string? vocabulary = null)
    {
        var keys = Keys(data, vocabulary);
        return new(keys, Ml.MulticlassClassification.Trainers.LanguageModel("Tokens", options ?? Tiny).Fit(keys.Transform(data)));
    }

    public sealed class Text
    {
        public string[] Tokens { get; set; } = [];
    }

    private sealed class Token
    {
        public string Value { get; set; } = "";
    }
}
