using System.Globalization;

namespace MlNetRnn.Scenarios;

/// <summary>Reads the part of a <c>.ts</c> file before its data; names of tags and Booleans in any case.</summary>
internal sealed class TsHeaderReader(NumberedLines lines)
{
    private readonly HashSet<string> _given = new(StringComparer.OrdinalIgnoreCase);

    private TsHeader _header = new();

    private bool _univariate;

    public TsHeader Read()
    {
        while (Next() is var words && !words[0].Equals("@data", StringComparison.OrdinalIgnoreCase))
        {
            if (!_given.Add(words[0]))
                throw lines.Error("each tag once", $"a second {words[0]}");
            Take(words[0], words[1..]);
        }
        return Checked();
    }

    // The words of the next line that is not empty and no comment.
    private string[] Next()
    {
        while (lines.Next() is { } line)
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0][0] == '#')
                continue;
            return words[0][0] == '@' ? words : throw lines.Error("'@' and a tag, or '#' and a comment, up to '@data'", NumberedLines.Quote(line));
        }
        throw lines.Error("'@data' and a sequence on each line after it", "the end of the file");
    }

    private void Take(string tag, string[] values)
    {
        switch (tag.ToLowerInvariant())
        {
            case "@problemname":
                _header = _header with { ProblemName = string.Join(' ', values) };
                break;
            case "@timestamps" when Flag(tag, values):
                throw lines.Error("'@timeStamps false': values at equal steps, which are read without their times", "'true'");
            case "@univariate":
                _univariate = Flag(tag, values);
                break;
            case "@dimensions" or "@dimension":
                _header = _header with { Dimensions = Count(tag, values) };
                break;
            case "@equallength":
                _header = _header with { EqualLength = Flag(tag, values) };
                break;
            case "@serieslength":
                _header = _header with { SeriesLength = Count(tag, values) };
                break;
            case "@classlabel":
                TakeClasses(tag, values);
                break;
            case "@targetlabel" when Flag(tag, values):
                throw lines.Error("'@classLabel true' and the classes", "'@targetLabel true': numbers to predict, which is regression");
            case "@timestamps" or "@targetlabel":
                break;
            case "@missing":
                Flag(tag, values); // missing values are found in the data
                break;
            default:
                throw lines.Error("one of @problemName, @timeStamps, @missing, @univariate, @dimensions, @equalLength, @seriesLength, @classLabel, "
                    + "@data", NumberedLines.Quote(tag));
        }
    }

    private void TakeClasses(string tag, string[] values)
    {
        if (!Flag(tag, values is [var first, ..] ? [first] : []))
            throw lines.Error("'@classLabel true' and the classes", "'false': sequences without a class");
        if (values.Length < 2)
            throw lines.Error("the classes behind '@classLabel true'", "none");
        if (values.Skip(1).GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw lines.Error("different classes", $"{NumberedLines.Quote(twice.Key)} twice");
        _header = _header with { Classes = [.. values[1..]] };
    }

    private TsHeader Checked()
    {
        if (_header.Classes.IsEmpty)
            throw lines.Error("'@classLabel true' and the classes before '@data'", "no @classLabel");
        if (!_univariate)
            return _header;
        return _header.Dimensions is null or 1
            ? _header with { Dimensions = 1 }
            : throw lines.Error("one dimension, as '@univariate true' says", $"'@dimensions {_header.Dimensions}'");
    }

    private bool Flag(string tag, string[] values) => values is [var word] && bool.TryParse(word, out bool value)
        ? value
        : throw lines.Error($"true or false behind {tag}", Words(values));

    private int Count(string tag, string[] values) =>
        values is [var word] && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? value
            : throw lines.Error($"a whole number of at least 1 behind {tag}", Words(values));

    private static string Words(string[] values) => values.Length == 0 ? "nothing" : NumberedLines.Quote(string.Join(' ', values));
}
