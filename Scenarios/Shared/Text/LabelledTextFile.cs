using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios;

/// <summary>A file of texts and their classes, in UTF-8: a class, a tab and a text on each line. Empty lines are passed over.</summary>
public static class LabelledTextFile
{
    /// <summary>Loads a file by ML.NET's loader, without quoting: <c>Label</c> and <c>Text</c>, both text.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">A line is malformed: the message gives its number, what was expected, and what was found.</exception>
    public static IDataView Load(MLContext ml, string path)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no data file '{path}'.", path);
        Check(path);
        var loader = ml.Data.CreateTextLoader(new TextLoader.Options
        {
            Separators = ['\t'],
            AllowQuoting = false, // a quotation mark is a character of the text
            Columns = [new(nameof(LabelledText.Label), DataKind.String, 0), new(nameof(LabelledText.Text), DataKind.String, 1)],
        });
        return loader.Load(path);
    }

    // The loader takes short lines as rows with empty fields, leaves out further fields, and passes over what looks like a comment.
    private static void Check(string path)
    {
        using var lines = new NumberedLines(path);
        bool any = false;
        while (lines.Next() is { } line)
        {
            if (line.Length == 0)
                continue;
            Check(lines, line, isFirst: !any);
            any = true;
        }
        if (!any)
            throw lines.Error("a class, a tab and a text on each line", "no line");
    }

    private static void Check(NumberedLines lines, string line, bool isFirst)
    {
        if (line.Contains('\uFFFD'))
            throw lines.Error("text in UTF-8", "bytes that are none, or the mark of characters lost before");
        if (line.StartsWith("//", StringComparison.Ordinal) || (isFirst && line[0] == '#'))
            throw lines.Error("a class that begins neither with '//' nor, at the start of the file, with '#'", NumberedLines.Quote(line));
        string[] fields = line.Split('\t');
        if (fields.Length != 2)
            throw lines.Error("a class, a tab and a text", fields.Length == 1 ? $"no tab in {NumberedLines.Quote(line)}" : $"{fields.Length - 1} tabs");
        if (string.IsNullOrWhiteSpace(fields[0]))
            throw lines.Error("a class before the tab", "nothing");
        if (string.IsNullOrWhiteSpace(fields[1]))
            throw lines.Error("a text behind the tab", "nothing");
    }
}
