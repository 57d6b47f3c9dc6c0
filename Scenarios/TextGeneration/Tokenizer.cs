using System.Text.RegularExpressions;

namespace MlNetRnn.Scenarios.TextGeneration;

/// <summary>Text to tokens and back: characters, or words and punctuation marks.</summary>
internal sealed partial class Tokenizer(bool ofWords)
{
    public string[] Tokens(string text) => ofWords
        ? [.. Words().Matches(text).Select(m => m.Value)]
        : [.. text.EnumerateRunes().Select(rune => rune.ToString())];

    public string Text(IEnumerable<string> tokens) => ofWords ? Marks().Replace(string.Join(' ', tokens), "$1").Replace("\n ", "\n", StringComparison.Ordinal) : string.Concat(tokens);

    [GeneratedRegex(@"\w+(?:['’-]\w+)*|[^\w\s]")]
    private static partial Regex Words();

    [GeneratedRegex(@" ([.,;:!?\n])")] // no space before a mark or the end of a line
    private static partial Regex Marks();
}
