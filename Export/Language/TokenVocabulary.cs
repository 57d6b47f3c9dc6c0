using System.Text;

namespace MlNetRnn;

/// <summary>The tokens of a language model by their keys, from 1, and the way from text to keys.</summary>
internal sealed class TokenVocabulary
{
    private readonly string[] _tokens;
    private readonly Dictionary<string, int> _keys;
    private readonly bool _areCharacters;

    public TokenVocabulary(SequenceModelManifest manifest)
    {
        _tokens = [.. manifest.Classes!.Values.Take(manifest.Tokens)];
        _keys = new(_tokens.Length, StringComparer.Ordinal);
        for (int i = 0; i < _tokens.Length; i++)
            _keys.TryAdd(_tokens[i], i + 1);
        _areCharacters = _tokens.All(t => t.EnumerateRunes().Count() == 1);
        Unknown = manifest.Language!.Unknown;
        EndKey = manifest.Tokens + 1;
    }

    /// <summary>What becomes of tokens that it does not have.</summary>
    public UnknownTokens Unknown { get; }

    /// <summary>The key that begins and ends a text.</summary>
    public int EndKey { get; }

    public IReadOnlyList<string> Tokens => _tokens;

    /// <summary>What stands between tokens of a text: nothing between characters, else a space.</summary>
    public string Separator => _areCharacters ? "" : " ";

    /// <summary>The tokens of a text: its characters where all tokens are one, else its words, between white space.</summary>
    public IEnumerable<string> Split(string text) => _areCharacters
        ? text.EnumerateRunes().Select(rune => rune.ToString())
        : text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The keys of tokens; 0 for an unknown one, where it is mapped.</summary>
    /// <exception cref="ArgumentException">One is unknown and refused.</exception>
    public int[] Keys(IEnumerable<string> tokens, string parameter)
    {
        var keys = new List<int>();
        foreach (string token in tokens)
        {
            if (!_keys.TryGetValue(token ?? "", out int key) && Unknown == UnknownTokens.Refuse)
            {
                throw new ArgumentException($"Token {keys.Count + 1} of the prompt, '{Shown(token)}', is not in the model's vocabulary of "
                    + $"{_tokens.Length} tokens ({Example()}). Leave it out, or train with Unknown = UnknownTokens.Map.", parameter);
            }
            keys.Add(key);
        }
        return [.. keys];
    }

    private string Example() => string.Join(" ", _tokens.Take(20).Select(Shown)) + (_tokens.Length > 20 ? " …" : "");

    // A line break would break the message.
    private static string Shown(string? token)
    {
        var shown = new StringBuilder();
        foreach (char c in token ?? "null")
            shown.Append(char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString());
        return shown.ToString();
    }
}
