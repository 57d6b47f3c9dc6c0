using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>The rows of a CSV file, read by ML.NET's loader, once and one at a time: a table may be larger than its numbers.</summary>
/// <param name="path">The file.</param>
internal sealed class TableRows(string path)
{
    private readonly CsvFile _file = CsvFile.Open(path);
    private IReadOnlyList<string> _headers = [];

    /// <summary>The columns of the file.</summary>
    public IReadOnlyList<string> Columns => _file.Names;

    /// <summary>The row that is being read, from 1.</summary>
    public int Row { get; private set; }

    /// <summary>Reads cells of text.</summary>
    /// <param name="headers">The columns to read.</param>
    /// <param name="row">Called for each row with its cells, which are the next row's afterwards.</param>
    public void Read(IReadOnlyList<string> headers, Action<ReadOnlyMemory<char>[]> row)
    {
        _headers = headers;
        var columns = headers.Distinct().Select((header, i) => new CsvColumn($"C{i}", DataKind.String, header)).ToArray();
        var rows = _file.Load(new MLContext(), columns);
        using var cursor = rows.GetRowCursor(rows.Schema);
        var byHeader = columns.ToDictionary(c => c.Header, c => cursor.GetGetter<ReadOnlyMemory<char>>(rows.Schema[c.Name]));
        var getters = headers.Select(header => byHeader[header]).ToArray();
        var cells = new ReadOnlyMemory<char>[headers.Count];
        for (Row = 1; cursor.MoveNext(); Row++)
        {
            for (int i = 0; i < cells.Length; i++)
                getters[i](ref cells[i]);
            row(cells);
        }
    }

    /// <summary>A cell of the row that is being read as a number; NaN where it is empty.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public float Number(ReadOnlyMemory<char>[] cells, int column) => NumberCell.Parse(cells[column].Span) ?? throw Error(cells, column, "a number");

    /// <summary>A cell of the row that is being read as a time.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public DateTime Time(ReadOnlyMemory<char>[] cells, int column) =>
        TimeCell.Parse(cells[column].Span) ?? throw Error(cells, column, "a time such as 2024-05-01 13:00, or a year");

    private FormatException Error(ReadOnlyMemory<char>[] cells, int column, string expected) =>
        new($"Row {Row} of '{path}', column '{_headers[column]}': expected {expected}, found {NumberedLines.Quote(cells[column].Span)}.");
}
