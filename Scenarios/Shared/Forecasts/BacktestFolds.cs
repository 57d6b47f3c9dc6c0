using ScottPlot;

namespace MlNetRnn.Scenarios;

/// <summary>A series, where each fold of a backtest begins to forecast, and what it says.</summary>
public static class BacktestFolds
{
    private const int Horizons = 8;

    /// <summary>Writes the picture as PNG.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="folds">The forecasts, the earliest first; each history ends where its forecast begins.</param>
    /// <param name="title">The title above the picture.</param>
    public static void Save(string path, IReadOnlyList<SeriesForecast> folds, string title)
    {
        ArgumentNullException.ThrowIfNull(folds);
        if (folds.Count == 0)
            throw new ArgumentException("There are no folds to draw.", nameof(folds));
        var last = folds[^1];
        float[] series = [.. last.History, .. last.Actual ?? []];
        int horizon = last.Forecast.Length, first = Math.Max(0, folds[0].History.Length - (Horizons * horizon));
        var plot = PlotStyle.NewPlot("Row of the series", last.Id);
        double[] rows = [.. Enumerable.Range(first, series.Length - first).Select(i => (double)i + 1)];
        for (int i = 0; i < folds.Count; i++)
            Draw(plot, folds[i], i);
        PlotStyle.Line(plot, rows, [.. series[first..].Select(v => (double)v)], PlotStyle.Ink, 1.6f, "Series");
        plot.Axes.Margins(0.02, 0.08);
        PlotStyle.LegendBelow(plot);
        Picture.Save(path, title, 1400, 600, plot);
    }

    private static void Draw(Plot plot, SeriesForecast fold, int number)
    {
        double origin = fold.History.Length;
        double[] ahead = [.. Enumerable.Range(1, fold.Forecast.Length).Select(k => origin + k)];
        var color = PlotStyle.Palette[(number + 1) % PlotStyle.Palette.Length];
        if (fold is { Lower: { } lower, Upper: { } upper } && lower.Concat(upper).All(float.IsFinite))
        {
            var band = plot.Add.FillY(ahead, [.. lower.Select(v => (double)v)], [.. upper.Select(v => (double)v)]);
            band.FillColor = color.WithAlpha(50);
            band.LineWidth = 0;
        }
        var line = plot.Add.VerticalLine(origin + 0.5, 1, PlotStyle.Faint, LinePattern.DenselyDashed);
        (line.LabelText, line.LegendText) = ("", number == 0 ? "Origins" : "");
        PlotStyle.Line(plot, ahead, [.. fold.Forecast.Select(v => (double)v)], color, 2, $"Fold {number + 1}").MarkerSize = ahead.Length <= 3 ? 6 : 0;
    }
}
