using System.IO.Compression;
using System.Text;

namespace MlNetRnn.Scenarios;

/// <summary>Reads texts, which may be compressed.</summary>
public static class TextFile
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines of a file, one at a time.</summary>
    /// <param name="path">The file, in UTF-8; decompressed where it ends with <c>.gz</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">It is no text.</exception>
    public static IEnumerable<string> Lines(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        using var file = File.OpenRead(path);
        using Stream content = Path.GetExtension(path) == ".gz" ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(content, s_strict);
        for (long number = 1; Next(reader, path, number) is { } line; number++)
            yield return line;
    }

    /// <summary>Puts items into an order that a seed decides, now and with any later version of .NET.</summary>
    public static void Shuffle<T>(T[] items, int seed) => new StableRandom(seed).Shuffle(items.AsSpan());

    private static string? Next(StreamReader reader, string path, long number)
    {
        string? line;
        try
        {
            line = reader.ReadLine();
        }
        catch (Exception e) when (e is DecoderFallbackException or InvalidDataException)
        {
            throw new FormatException($"'{path}' is no text: expected UTF-8, found other bytes after line {number - 1}. Convert it, for example by iconv.");
        }
        return line?.Contains('\0') == true
            ? throw new FormatException($"'{path}' is no text: line {number} holds a byte of 0. Give a text file in UTF-8.")
            : line;
    }
}
