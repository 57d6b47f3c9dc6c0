using Microsoft.ML;

namespace MlNetRnn.Scenarios.TextGeneration;

/// <summary>Texts to learn and texts held out, as tokens.</summary>
/// <param name="Title">What they are.</param>
/// <param name="OfWords">Whether tokens are words; else characters.</param>
/// <param name="IsStream">Whether they are one text.</param>
/// <param name="Training">Rows to learn from.</param>
/// <param name="Test">Rows held out.</param>
/// <param name="Tokens">The tokens that are told apart.</param>
internal sealed record TextCorpus(string Title, bool OfWords, bool IsStream, string[][] Training, string[][] Test, string[] Tokens)
{
    public const string Column = "Tokens";

    private const double TestShare = 0.1;
    private const int StreamRow = 4096; // tokens

    public long TrainingTokens { get; } = Training.Sum(row => (long)row.Length + (IsStream ? 0 : 1));

    /// <summary>Reads what the user asked for; lines are shuffled and the last of them held out, of a stream its end.</summary>
    /// <exception cref="FormatException">The file is no text, or too short.</exception>
    public static TextCorpus Read(TextGenerationSettings settings)
    {
        string path = settings.Data ?? Datasets.Find("american-english.txt.gz");
        string title = settings.Data is null ? "English words" : Path.GetFileName(path);
        var tokenizer = new Tokenizer(settings.OfWords);
        var (training, test) = settings.IsStream ? Stream(path, tokenizer) : Lines(path, tokenizer, settings.Common.Seed);
        if (training.Length == 0 || test.Length == 0)
        {
            throw new FormatException($"'{path}' has {training.Length + test.Length} {(settings.IsStream ? "parts" : "lines")} with something in them; "
                + "expected at least 10, of which one is held out.");
        }
        var frequent = training.SelectMany(row => row).CountBy(token => token).OrderByDescending(t => t.Value).ThenBy(t => t.Key, StringComparer.Ordinal);
        string[] tokens = [.. frequent.Take(settings.OfWords ? settings.Vocabulary : int.MaxValue).Select(t => t.Key)];
        return new(title, settings.OfWords, settings.IsStream, training, test, tokens);
    }

    /// <summary>Says what there is.</summary>
    public void Print()
    {
        string unit = OfWords ? "words" : "characters", rows = IsStream ? "" : $" in {Training.Length} lines";
        Console.WriteLine($"{Title}: {TrainingTokens} {unit}{rows} to learn, {Test.Sum(r => r.Length + (IsStream ? 0 : 1))} held out, {Tokens.Length} different"
            + $"{(IsStream ? "." : "; the end of a line counts.")}");
    }

    /// <summary>Rows as a view.</summary>
    public static IDataView View(MLContext ml, IEnumerable<string[]> rows) => ml.Data.LoadFromEnumerable(rows.Select(row => new Row { Tokens = row }));

    /// <summary>The step from tokens to keys.</summary>
    public ITransformer Keys(MLContext ml) => ml.Transforms.Conversion
        .MapValueToKey(Column, keyData: ml.Data.LoadFromEnumerable(Tokens.Select(t => new Token { Value = t }))).Fit(View(ml, []));

    private static (string[][] Training, string[][] Test) Lines(string path, Tokenizer tokenizer, int seed)
    {
        string[][] rows = [.. TextFile.Lines(path).Select(tokenizer.Tokens).Where(row => row.Length > 0)];
        TextFile.Shuffle(rows, seed);
        int held = (int)(rows.Length * TestShare);
        return (rows[..^held], rows[^held..]);
    }

    private static (string[][] Training, string[][] Test) Stream(string path, Tokenizer tokenizer)
    {
        string[] tokens = [.. TextFile.Lines(path).SelectMany(line => tokenizer.Tokens(line).Append("\n"))];
        int held = (int)(tokens.Length * TestShare);
        return (Rows(tokens.AsSpan()[..^held]), Rows(tokens.AsSpan()[^held..]));
    }

    private static string[][] Rows(ReadOnlySpan<string> tokens)
    {
        var rows = new List<string[]>();
        for (; tokens.Length > 0; tokens = tokens[Math.Min(StreamRow, tokens.Length)..])
            rows.Add(tokens[..Math.Min(StreamRow, tokens.Length)].ToArray());
        return [.. rows];
    }

    internal sealed class Row
    {
        public string[] Tokens { get; set; } = [];
    }

    private sealed class Token
    {
        public string Value { get; set; } = "";
    }
}
