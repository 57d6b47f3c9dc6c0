using Microsoft.ML;

namespace MlNetRnn.Scenarios;

/// <summary>
/// A file in the <c>.ts</c> format of the UCR and UEA archives (<see href="https://www.timeseriesclassification.com"/>): labelled sequences,
/// univariate or multivariate, of equal or different lengths. Missing values are NaN. The dimensions of one sequence have the same length;
/// data with time stamps is refused.
/// </summary>
public sealed class TsFile
{
    private TsFile(TsHeader header, IReadOnlyList<SequenceExample> examples, int features) =>
        (Header, Examples, Features) = (header, examples, features);

    /// <summary>What the file says of itself.</summary>
    public TsHeader Header { get; }

    /// <summary>The sequences, in the file's order; at least one.</summary>
    public IReadOnlyList<SequenceExample> Examples { get; }

    /// <summary>Values per step.</summary>
    public int Features { get; }

    /// <summary>Reads a file line by line; all of it, so that what is wrong with it is told before anything is trained.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is malformed: the message gives the line, what was expected, and what was found.</exception>
    public static TsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no data file '{path}'.", path);
        using var lines = new NumberedLines(path);
        var header = TsHeader.Read(lines);
        var reader = new TsSequenceReader(lines, header);
        List<SequenceExample> examples = [];
        while (reader.Next() is { } example)
            examples.Add(example);
        if (examples.Count == 0)
            throw lines.Error("a sequence on each line behind '@data'", "the end of the file");
        return new(header, examples, reader.Dimensions!.Value);
    }

    /// <summary>The sequences as ML.NET data: <c>Features</c>, a vector of unknown length times <see cref="Features"/>, and <c>Label</c>.</summary>
    public IDataView ToDataView(MLContext ml) => SequenceExample.View(ml, Examples, Features);
}
