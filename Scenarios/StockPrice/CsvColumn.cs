using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>Reads one column of a CSV file by its name in the header, through ML.NET's loader.</summary>
internal static class CsvColumn
{
    public static IDataView Load(MLContext ml, string file, string column)
    {
        if (!File.Exists(file))
            throw new FileNotFoundException($"There is no file '{file}'.", file);
        string header = File.ReadLines(file).FirstOrDefault() ?? throw new FormatException($"'{file}' is empty; "
            + "a header row and rows of numbers are expected.");
        string[] names = [.. header.Split(',').Select(n => n.Trim().Trim('"'))];
        int index = Array.IndexOf(names, column);
        if (index < 0)
            throw new ArgumentException($"'{file}' has no column '{column}'; it has {string.Join(", ", names.Select(n => $"'{n}'"))}. "
                + "Choose one with --column.");
        var loader = ml.Data.CreateTextLoader(new TextLoader.Options
        {
            HasHeader = true,
            Separators = [','],
            AllowQuoting = true,
            Columns = [new TextLoader.Column(column, DataKind.Single, index)],
        });
        return loader.Load(file);
    }
}
