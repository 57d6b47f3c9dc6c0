namespace MlNetRnn.Scenarios;

/// <summary>
/// How much the errors of a forecast resemble those some steps before: a forecast that has found all there is leaves errors that do not (Box and
/// Jenkins, 1970).
/// </summary>
public static class ResidualAutocorrelation
{
    private const double Normal95 = 1.96;

    /// <summary>Writes the picture as PNG.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="residuals">Errors of each series in order of time; NaN where there is none.</param>
    /// <param name="title">The title above the picture.</param>
    public static void Save(string path, IReadOnlyList<IReadOnlyList<double>> residuals, string title)
    {
        ArgumentNullException.ThrowIfNull(residuals);
        double[] correlations = Of(residuals, out int count);
        var plot = PlotStyle.NewPlot("Lag (steps)", "Autocorrelation of the errors");
        PlotStyle.IntegerTicks(plot.Axes.Bottom);
        for (int lag = 0; lag < correlations.Length; lag++)
            PlotStyle.Line(plot, [lag + 1, lag + 1], [0, correlations[lag]], PlotStyle.Palette[0], 4, "");
        double band = Normal95 / Math.Sqrt(Math.Max(1, count));
        plot.Add.HorizontalLine(0, 1, PlotStyle.Ink).LabelText = "";
        foreach (double bound in new[] { -band, band })
        {
            var line = plot.Add.HorizontalLine(bound, 1.4f, PlotStyle.Palette[1], ScottPlot.LinePattern.DenselyDashed);
            (line.LabelText, line.LegendText) = ("", bound > 0 ? "95 % of white noise lie between" : "");
        }
        plot.Axes.SetLimits(0.3, correlations.Length + 0.7, Math.Min(-0.3, correlations.Append(-band).Min() - 0.05), Math.Max(0.3, correlations.Append(band).Max() + 0.05));
        PlotStyle.LegendBelow(plot);
        Picture.Save(path, title, 1400, 500, plot);
    }

    /// <summary>The autocorrelation at each lag from 1, of all series together, each in its own size.</summary>
    /// <param name="residuals">Errors of each series in order of time.</param>
    /// <param name="count">The number of errors.</param>
    internal static double[] Of(IReadOnlyList<IReadOnlyList<double>> residuals, out int count)
    {
        count = residuals.Sum(r => r.Count(double.IsFinite));
        int longest = residuals.Count == 0 ? 0 : residuals.Max(r => r.Count), lags = Math.Clamp(longest / 2, 1, 40);
        if (count < 2)
            throw new ArgumentException($"There are {count} errors; an autocorrelation needs two at least.", nameof(residuals));
        var (products, squares) = (new double[lags], 0.0);
        foreach (var series in residuals)
        {
            double[] scaled = Scaled(series);
            squares += scaled.Where(double.IsFinite).Sum(v => v * v);
            for (int lag = 1; lag <= lags; lag++)
            {
                for (int t = lag; t < scaled.Length; t++)
                    products[lag - 1] += double.IsFinite(scaled[t] * scaled[t - lag]) ? scaled[t] * scaled[t - lag] : 0;
            }
        }
        return [.. products.Select(p => squares > 0 ? p / squares : 0)];
    }

    private static double[] Scaled(IReadOnlyList<double> series)
    {
        double[] known = [.. series.Where(double.IsFinite)];
        double mean = known.Length > 0 ? known.Average() : 0, deviation = known.Length > 0 ? Math.Sqrt(known.Average(v => (v - mean) * (v - mean))) : 0;
        return [.. series.Select(v => deviation > 0 ? (v - mean) / deviation : v - mean)];
    }
}
