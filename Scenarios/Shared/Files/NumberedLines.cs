namespace MlNetRnn.Scenarios;

/// <summary>The lines of a text file, read one at a time, with their number for messages.</summary>
/// <param name="path">The file, in UTF-8.</param>
public sealed class NumberedLines(string path) : IDisposable
{
    private const int LongestQuote = 40;

    private readonly StreamReader _reader = new(path); // UTF-8

    /// <summary>The line read last, counted from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The next line; null at the end.</summary>
    public string? Next()
    {
        string? line = _reader.ReadLine();
        if (line is not null)
            Number++;
        return line;
    }

    /// <summary>What is wrong with the line read last.</summary>
    public FormatException Error(string expected, string found) => new($"{path}, line {Number}: expected {expected}, found {found}.");

    /// <summary>Text of the file in a message: in quotes, and not the whole of a long line.</summary>
    public static string Quote(ReadOnlySpan<char> text) =>
        text.Length <= LongestQuote ? $"'{text}'" : $"'{text[..LongestQuote]}…' ({text.Length} characters)";

    /// <summary>Closes the file.</summary>
    public void Dispose() => _reader.Dispose();
}
