using ScottPlot;

namespace MlNetRnn.Scenarios;

/// <summary>A series' last values, and its forecast as a fan: the median, and bands of quantiles around it.</summary>
public static class FanChart
{
    private const double HorizonsShown = 3;
    private const byte FaintestBand = 38, StrongestBand = 120; // of 255

    /// <summary>Writes the picture as PNG.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="forecast">The series and its forecast.</param>
    /// <param name="title">The title above the picture.</param>
    public static void Save(string path, SeriesForecast forecast, string title)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        var plot = Panel(forecast, withLegend: true);
        Picture.Save(path, title, 1400, 600, plot);
    }

    /// <summary>The chart alone.</summary>
    internal static Plot Panel(SeriesForecast forecast, bool withLegend)
    {
        var plot = PlotStyle.NewPlot(withLegend ? "Steps from the origin" : "", withLegend ? forecast.Id : "");
        int horizon = forecast.Forecast.Length, shown = Math.Min(forecast.History.Length, (int)Math.Max(12, HorizonsShown * horizon));
        double[] past = [.. Enumerable.Range(0, shown).Select(i => (double)i + 1 - shown)], ahead = [.. Enumerable.Range(1, horizon).Select(k => (double)k)];
        float[] history = forecast.History[^shown..];
        Bands(plot, forecast, ahead, withLegend);
        PlotStyle.Line(plot, past, Doubles(history), PlotStyle.Ink, 1.6f, withLegend ? "History" : "");
        if (forecast.Actual is { } actual)
            PlotStyle.Line(plot, ahead, Doubles(actual), PlotStyle.Ink, 1.6f, "").LinePattern = LinePattern.DenselyDashed;
        var line = PlotStyle.Line(plot, ahead, Doubles(forecast.Forecast), PlotStyle.Palette[1], 2, withLegend ? "Forecast" : "");
        line.MarkerSize = horizon <= 3 ? 6 : 0; // a line of one point is none
        if (withLegend && forecast.Actual is not null)
            PlotStyle.Line(plot, [0], [double.NaN], PlotStyle.Ink, 1.6f, "Actual").LinePattern = LinePattern.DenselyDashed;
        plot.Axes.Margins(0.02, 0.08);
        if (withLegend)
            PlotStyle.LegendBelow(plot);
        return plot;
    }

    // The widest first, each lighter than the one within.
    private static void Bands(Plot plot, SeriesForecast forecast, double[] ahead, bool withLegend)
    {
        var bands = new List<(float[] Lower, float[] Upper, string Name)>();
        if (forecast is { Lower: { } lower, Upper: { } upper })
            bands.Add((lower, upper, $"{forecast.ConfidenceLevel * 100:0.#} % interval"));
        int levels = forecast.Levels.Length;
        for (int q = 0; forecast.Quantiles is { } quantiles && q < levels / 2; q++)
        {
            bands.Add((At(quantiles, q, levels), At(quantiles, levels - 1 - q, levels), $"Quantiles {forecast.Levels[q]:0.##} to {forecast.Levels[^(q + 1)]:0.##}"));
        }
        for (int i = 0; i < bands.Count; i++)
        {
            var (from, to, name) = bands[i];
            if (from.Concat(to).Any(v => !float.IsFinite(v)))
                continue;
            byte strength = (byte)(FaintestBand + ((StrongestBand - FaintestBand) * i / Math.Max(1, bands.Count)));
            var fill = plot.Add.FillY(ahead, Doubles(from), Doubles(to));
            fill.FillColor = PlotStyle.Palette[1].WithAlpha(strength);
            fill.LineWidth = 0;
            fill.LegendText = withLegend ? name : "";
        }
    }

    private static float[] At(float[] quantiles, int level, int levels) => [.. quantiles.Where((_, i) => i % levels == level)];

    private static double[] Doubles(float[] values) => [.. values.Select(v => (double)v)];
}
