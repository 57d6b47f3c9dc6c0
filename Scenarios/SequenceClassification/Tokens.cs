using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>
/// Texts as sequences of words, by ML.NET's own steps: lower case, without punctuation, apart at blanks. They are no part of an ONNX file,
/// which takes the words.
/// </summary>
internal static class Tokens
{
    public const string Column = "Tokens";

    private const string KeyColumn = "TokenKeys";

    // A word that the training texts have once has nothing to learn from; being unknown, it teaches what unknown words mean.
    private const int LeastOccurrences = 2;

    /// <summary>Text to words: nothing is learnt, so it needs no data.</summary>
    public static ITransformer Tokenizer(MLContext ml, string textColumn)
    {
        var none = ml.Data.LoadFromEnumerable<LabelledText>([]);
        return ml.Transforms.Text.NormalizeText(Column, textColumn, keepPunctuations: false)
            .Append(ml.Transforms.Text.TokenizeIntoWords(Column, Column))
            .Fit(none);
    }

    /// <summary>Words to keys: the vocabulary is that of the given texts, most frequent word first.</summary>
    /// <exception cref="InvalidOperationException">No word stands in the texts twice.</exception>
    public static (IEstimator<ITransformer> Estimator, string Column) ToKeys(MLContext ml, IDataView tokens)
    {
        var words = tokens.GetColumn<string[]>(Column).SelectMany(w => w).CountBy(w => w).Where(c => c.Value >= LeastOccurrences)
            .OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => new Word { Text = c.Key }).ToArray();
        if (words.Length == 0)
            throw new InvalidOperationException($"No word stands in the training texts {LeastOccurrences} times: there is nothing to learn from.");
        return (ml.Transforms.Conversion.MapValueToKey(KeyColumn, Column, keyData: ml.Data.LoadFromEnumerable(words)), KeyColumn);
    }

    /// <summary>The steps of a fitted chain up to and including the tokenizer, and those after it.</summary>
    public static (ITransformer[] Before, ITransformer[] After) Split(ITransformer model)
    {
        ITransformer[] steps = [.. Steps(model)];
        int last = Array.FindLastIndex(steps, s => s is WordTokenizingTransformer);
        return (steps[..(last + 1)], steps[(last + 1)..]);
    }

    private static IEnumerable<ITransformer> Steps(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Steps) : [model];

    private sealed class Word
    {
        public string Text { get; set; } = "";
    }
}
