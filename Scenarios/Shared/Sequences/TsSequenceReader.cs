using System.Globalization;

namespace MlNetRnn.Scenarios;

/// <summary>Reads the sequences of a <c>.ts</c> file, a line each: dimensions apart by ':', their values by ',', the class at the end.</summary>
internal sealed class TsSequenceReader(NumberedLines lines, TsHeader header)
{
    private const int MostNamed = 20;

    // The values as they stand in the line, [dimensions, steps]; kept from line to line.
    private readonly List<float> _values = [];

    private readonly HashSet<string> _classes = [.. header.Classes];

    private int? _length = header.EqualLength ? header.SeriesLength : null;

    /// <summary>Values per step; null before the first sequence where the header does not say.</summary>
    public int? Dimensions { get; private set; } = header.Dimensions;

    /// <summary>The next sequence; null at the end. Empty lines and comments are passed over.</summary>
    public SequenceExample? Next()
    {
        while (lines.Next() is { } line)
        {
            var text = line.AsSpan().Trim();
            if (!text.IsEmpty && text[0] != '#')
                return Parse(text);
        }
        return null;
    }

    private SequenceExample Parse(ReadOnlySpan<char> line)
    {
        int end = line.LastIndexOf(':');
        if (end < 0)
            throw lines.Error("values, ':' and a class", $"no ':' in {NumberedLines.Quote(line)}");
        string label = Label(line[(end + 1)..].Trim());
        var (dimensions, steps) = ParseDimensions(line[..end]);
        if (Dimensions is { } expected && dimensions != expected)
            throw lines.Error($"{expected} dimensions{(header.Dimensions is null ? " as in the sequences before" : "")} and a class", $"{dimensions}");
        CheckLength(steps);
        Dimensions = dimensions;
        return new() { Label = label, Features = Transposed(dimensions, steps) };
    }

    private string Label(ReadOnlySpan<char> text)
    {
        if (_classes.TryGetValue(text.ToString(), out string? label))
            return label; // one string per class
        throw lines.Error(
            $"one of the header's classes ({string.Join(", ", header.Classes.Take(MostNamed))}{(header.Classes.Length > MostNamed ? ", …" : "")}) "
                + "behind the last ':'",
            NumberedLines.Quote(text));
    }

    private (int Dimensions, int Steps) ParseDimensions(ReadOnlySpan<char> text)
    {
        _values.Clear();
        int dimensions = 0, steps = 0;
        foreach (var part in text.Split(':'))
        {
            int before = _values.Count;
            ParseValues(text[part], ++dimensions);
            int count = _values.Count - before;
            if (dimensions > 1 && count != steps)
                throw lines.Error($"{steps} values in dimension {dimensions}, as many as in the first", $"{count}");
            steps = count;
        }
        return (dimensions, steps);
    }

    private void ParseValues(ReadOnlySpan<char> text, int dimension)
    {
        if (text.StartsWith('('))
            throw lines.Error("values apart by ','", $"{NumberedLines.Quote(text)}: times with values are not supported");
        int number = 0;
        foreach (var part in text.Split(','))
            _values.Add(Value(text[part].Trim(), dimension, ++number));
    }

    private float Value(ReadOnlySpan<char> text, int dimension, int number)
    {
        if (text is "?" || text.Equals("NaN", StringComparison.OrdinalIgnoreCase))
            return float.NaN;
        if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value))
            return value;
        string found = text.IsEmpty ? "nothing" : NumberedLines.Quote(text);
        throw lines.Error($"a number, or '?' where it is missing, as value {number} of dimension {dimension}", found);
    }

    private void CheckLength(int steps)
    {
        if (!header.EqualLength)
            return;
        if (_length is { } expected && steps != expected)
            throw lines.Error($"{expected} values in each dimension, as '@equalLength true' says", $"{steps}");
        _length = steps;
    }

    private float[] Transposed(int dimensions, int steps)
    {
        var features = new float[dimensions * steps];
        for (int dimension = 0; dimension < dimensions; dimension++)
        {
            for (int step = 0; step < steps; step++)
                features[(step * dimensions) + dimension] = _values[(dimension * steps) + step];
        }
        return features;
    }
}
