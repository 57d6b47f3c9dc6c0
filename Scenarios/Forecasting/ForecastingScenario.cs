using Microsoft.ML;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>The scenario from the series to the report.</summary>
internal static class ForecastingScenario
{
    public static int Run(ForecastingSettings settings, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Common.Out);
        var ml = new MLContext(settings.Common.Seed);
        if (settings.Data is { } table)
            TableRun.Run(ml, folder, WideTable.Read(table, settings.Columns, settings.Horizon, settings.Split, settings.Frequency), settings, cancellation);
        else
            SeriesRun.Run(ml, folder, Load(settings), settings, cancellation);
        folder.PrintWritten();
        return 0;
    }

    private static ForecastData Load(ForecastingSettings settings)
    {
        if (settings.Train is { } train)
            return M4File.ReadPair(train, settings.Test!, settings.Frequency!, settings.Horizon);
        if (settings.Long is not { } file)
            return ShippedSeries.Load(settings.Horizon);
        var series = LongFile.Read(file, settings.Id, settings.Time, settings.Value);
        var frequency = settings.Frequency ?? Frequency.Of(series.MaxBy(s => s.Values.Length)!.Times!)
            ?? throw new FormatException($"'{file}' has no series of two values; expected series with many.");
        return ForecastData.HoldOut(Path.GetFileName(file), frequency, settings.Horizon ?? frequency.Horizon, series);
    }
}
