using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>A series as ML.NET data, with words for its axes.</summary>
/// <param name="Data">The rows, oldest first.</param>
/// <param name="Column">The column of values.</param>
/// <param name="Title">What it is.</param>
/// <param name="Unit">Label of the value axis.</param>
/// <param name="Step">Label of the time axis.</param>
internal sealed record Series(IDataView Data, string Column, string Title, string Unit, string Step)
{
    public static Series Load(MLContext ml, StockPriceSettings settings)
    {
        if (settings.Data is null && settings.Source == "synthetic")
            return Sine(ml, settings);
        string file = settings.Data ?? Datasets.Find("eu-stock-markets.csv");
        string column = settings.Column ?? "DAX";
        var data = CsvFile.Open(file).Load(ml, [new CsvColumn(column, DataKind.Single, column)]);
        return settings.Data is null
            ? new(data, column, $"{column} daily close", "Index points", "Business day since mid-1991")
            : new(data, column, $"{column} of {Path.GetFileName(file)}", column, "Row");
    }

    private static Series Sine(MLContext ml, StockPriceSettings settings)
    {
        if (settings.Column is not null)
            throw new ArgumentException("--column goes with --data or --source dax; the synthetic series has one column.");
        var values = Synthetic.NoisySine(settings.Common.Seed);
        var data = ml.Data.LoadFromEnumerable(values.Select(v => new Point { Value = v }).ToArray());
        return new(data, nameof(Point.Value), "Noisy sine", "Value", "Step");
    }

    private sealed class Point
    {
        public float Value { get; set; }
    }
}
