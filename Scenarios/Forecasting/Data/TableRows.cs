using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Columns of a CSV file as arrays, read by ML.NET's loader.</summary>
internal static class TableRows
{
    /// <summary>Columns of text.</summary>
    public static string[][] Read(string path, params string[] headers)
    {
        var columns = headers.Distinct().Select((header, i) => new CsvColumn($"C{i}", DataKind.String, header)).ToArray();
        var rows = CsvFile.Open(path).Load(new MLContext(), columns);
        var byHeader = columns.ToDictionary(c => c.Header, c => rows.GetColumn<string>(c.Name).ToArray());
        return [.. headers.Select(header => byHeader[header])];
    }

    /// <exception cref="FormatException">A cell is no number.</exception>
    public static float[] Numbers(string path, string header, string[] cells)
    {
        var numbers = new float[cells.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            numbers[i] = NumberCell.Parse(cells[i])
                ?? throw new FormatException($"Row {i + 1} of '{path}', column '{header}': expected a number, found {NumberedLines.Quote(cells[i])}.");
        }
        return numbers;
    }

    /// <exception cref="FormatException">A cell is no time.</exception>
    public static DateTime[] Times(string path, string header, string[] cells)
    {
        var times = new DateTime[cells.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            if (!DateTime.TryParse(cells[i], CultureInfo.InvariantCulture, DateTimeStyles.None, out times[i]))
            {
                throw new FormatException($"Row {i + 1} of '{path}', column '{header}': expected a time such as 2024-05-01 13:00, found "
                    + $"{NumberedLines.Quote(cells[i])}.");
            }
        }
        return times;
    }
}
