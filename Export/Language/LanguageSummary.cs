namespace MlNetRnn;

/// <summary>What rows of tokens are to a language model.</summary>
public enum LanguageRows
{
    /// <summary>Each row is a text of its own: it begins anew, and an end symbol is predicted after its last token.</summary>
    Documents,

    /// <summary>The rows are one text in the order of the data, such as the lines of a book: what came before goes on to matter.</summary>
    Stream,
}

/// <summary>What becomes of tokens that the vocabulary does not have, in data and prompts.</summary>
public enum UnknownTokens
{
    /// <summary>They are an error, which names the first.</summary>
    Refuse,

    /// <summary>
    /// They are read as one symbol for all unknown tokens. It is never predicted: metrics leave such tokens out, and none is generated.
    /// </summary>
    Map,
}

/// <summary>How a language model reads and predicts tokens.</summary>
/// <param name="Rows">What rows are.</param>
/// <param name="Unknown">What becomes of tokens that the vocabulary does not have.</param>
/// <param name="TieEmbeddings">Whether the values that stand for a token are also what it is predicted by.</param>
public sealed record LanguageSummary(LanguageRows Rows, UnknownTokens Unknown, bool TieEmbeddings)
{
    /// <summary>What the end of a text is called in the values of <c>PredictedLabel</c>.</summary>
    internal const string EndSymbol = "<end>";

    /// <summary>The classes that a model predicts for a vocabulary: its tokens in their order, then the end of the text.</summary>
    internal static ClassSummary Classes(ClassSummary vocabulary)
    {
        string[] tokens = [.. Enumerable.Range(0, vocabulary.Count).Select(vocabulary.Name)];
        string end = EndSymbol;
        while (tokens.Contains(end))
            end = $"<{end}>";
        return new(vocabulary.Count + 1, OnnxElementType.String, [.. tokens, end]);
    }
}
