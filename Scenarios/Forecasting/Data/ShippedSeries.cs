using System.Globalization;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>The monthly series that are shipped: sunspots since 1749, airline passengers from 1949 to 1960.</summary>
internal static class ShippedSeries
{
    private const int Horizon = 12;

    public static ForecastData Load(int? horizon) => ForecastData.HoldOut(
        "Sunspots and air passengers", Frequency.Monthly, horizon ?? Horizon,
        [Read("sunspots-monthly.csv", "Sunspots"), Read("air-passengers.csv", "Air passengers")]);

    private static TimeSeries Read(string file, string name)
    {
        string[][] rows = [.. File.ReadLines(Datasets.Find(file)).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(','))]; // year, month, value
        int Number(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);
        return new(name, [.. rows.Select(r => float.Parse(r[2], CultureInfo.InvariantCulture))])
        {
            Times = [.. rows.Select(r => new DateTime(Number(r[0]), Number(r[1]), 1))],
        };
    }
}
