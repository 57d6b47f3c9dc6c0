using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios;

/// <summary>A CSV file with a header row, read by ML.NET's loader.</summary>
public sealed partial class CsvFile
{
    private readonly string _path;
    private readonly string[] _names;

    private CsvFile(string path, string[] names) => (_path, _names) = (path, names);

    /// <summary>The names of the columns, in order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Reads the header.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is empty.</exception>
    public static CsvFile Open(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no data file '{path}'; see --data.");
        string header = File.ReadLines(path).FirstOrDefault()
            ?? throw new FormatException($"The data file '{path}' is empty; expected a header row and rows of numbers.");
        return new(path, [.. Field().Matches(header).Select(m => Unquote(m.Value.Trim()))]);
    }

    /// <summary>The rows, with one column for each of <paramref name="columns"/>.</summary>
    /// <exception cref="ArgumentException">The file lacks columns; the message lists them.</exception>
    /// <exception cref="FormatException">A row lacks fields.</exception>
    public IDataView Load(MLContext ml, IReadOnlyCollection<CsvColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(columns);
        string[] missing = [.. columns.Select(c => c.Header).Where(h => !_names.Contains(h))];
        if (missing.Length > 0)
        {
            throw new ArgumentException(
                $"'{_path}' has no column {Quoted(missing)}; it has {Quoted(_names)}. Name the columns to take among these.");
        }
        CsvFields.Check(_path, _names.Length);
        var loader = ml.Data.CreateTextLoader(new TextLoader.Options
        {
            HasHeader = true,
            Separators = [','],
            AllowQuoting = true,
            ReadMultilines = true,
            MissingRealsAsNaNs = true, // an empty field is no 0
            Columns = [.. columns.Select(c => new TextLoader.Column(c.Name, c.Kind, Array.IndexOf(_names, c.Header)))],
        });
        return loader.Load(_path);
    }

    /// <summary>The number of the row that a cursor over the file's rows, windowed or not, stands on: the loader counts them in their ids.</summary>
    public static long RowNumber(DataViewRowId id) => (long)id.Low + 1;

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"'{n}'"));

    private static string Unquote(string field) =>
        field is ['"', .. var inner, '"'] ? inner.Replace("\"\"", "\"", StringComparison.Ordinal) : field;

    [GeneratedRegex("""(?<=^|,)(?:\s*"(?:[^"]|"")*"\s*|[^,]*)""")]
    private static partial Regex Field();
}

/// <summary>A column to read.</summary>
/// <param name="Name">Its name in ML.NET.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Header">Its name in the file.</param>
public sealed record CsvColumn(string Name, DataKind Kind, string Header);
