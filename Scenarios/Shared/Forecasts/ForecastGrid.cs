using ScottPlot;

namespace MlNetRnn.Scenarios;

/// <summary>Forecasts beside what came, a small picture for each series.</summary>
public static class ForecastGrid
{
    private const int Most = 24, PanelWidth = 350, PanelHeight = 240, LongestName = 24;

    /// <summary>Writes the picture as PNG; of many series some, spread evenly.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="forecasts">The series, at least one.</param>
    /// <param name="title">The title above the picture.</param>
    public static void Save(string path, IReadOnlyList<SeriesForecast> forecasts, string title)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        if (forecasts.Count == 0)
            throw new ArgumentException("There are no series to draw.", nameof(forecasts));
        int count = Math.Min(Most, forecasts.Count), columns = Math.Min(4, count), rows = (count + columns - 1) / columns;
        SeriesForecast[] shown = [.. Enumerable.Range(0, count).Select(i => forecasts[(int)((long)i * forecasts.Count / count)])];
        string which = count < forecasts.Count ? $", {count} of {forecasts.Count} series" : "";
        int width = Math.Max(700, columns * PanelWidth);
        Picture.SaveGrid(path, title + which, width, Picture.TitleHeight + (rows * Math.Max(PanelHeight, width / columns / 2)), columns, [.. shown.Select(Panel)]);
    }

    private static Plot Panel(SeriesForecast forecast)
    {
        var plot = FanChart.Panel(forecast, withLegend: false);
        plot.Title(forecast.Id.Length <= LongestName ? forecast.Id : $"{forecast.Id[..(LongestName - 1)]}…", 13);
        plot.Axes.Title.Label.FontName = PlotFont.Name;
        plot.Axes.Title.Label.Bold = false;
        foreach (var axis in plot.Axes.GetAxes())
            axis.TickLabelStyle.FontSize = 10;
        return plot;
    }
}
