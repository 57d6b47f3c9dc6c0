using ScottPlot;
using ScottPlot.TickGenerators;

namespace MlNetRnn.Scenarios;

/// <summary>A curve in a panel of <see cref="CurvesPlot"/>.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="X">Positions.</param>
/// <param name="Y">Values above 0; others are left out.</param>
public sealed record Curve(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>A panel of <see cref="CurvesPlot"/>.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="XLabel">What is on the x axis.</param>
/// <param name="YLabel">What is on the y axis, whose scale is logarithmic.</param>
/// <param name="Curves">The curves; those of one name have one colour in all panels.</param>
public sealed record CurvePanel(string Title, string XLabel, string YLabel, IReadOnlyList<Curve> Curves);

/// <summary>Curves on a logarithmic scale, panels side by side with the same scale.</summary>
public static class CurvesPlot
{
    private const double Least = 1e-20; // below it a value is nothing

    /// <summary>Writes the picture as PNG; an existing file is replaced only when the new one is complete.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="title">The title above all.</param>
    /// <param name="panels">The panels, left to right.</param>
    public static void Save(string path, string title, IReadOnlyList<CurvePanel> panels)
    {
        ArgumentNullException.ThrowIfNull(panels);
        double[] all = [.. panels.SelectMany(p => p.Curves).SelectMany(c => c.Y).Where(y => y > Least && double.IsFinite(y)).Select(Math.Log10)];
        if (all.Length == 0)
            throw new ArgumentException("There is no value above 0 to plot.", nameof(panels));
        Picture.Save(path, title, 1400, 600, [.. panels.Select(panel => Panel(panel, Math.Floor(all.Min()), Math.Ceiling(all.Max() + 0.01)))]);
    }

    private static Plot Panel(CurvePanel panel, double lowest, double highest)
    {
        var plot = PlotStyle.NewPlot(panel.XLabel, panel.YLabel);
        plot.Title(panel.Title, 15);
        plot.Axes.Title.Label.Bold = false;
        for (int i = 0; i < panel.Curves.Count; i++)
        {
            var curve = panel.Curves[i];
            double[] logarithms = [.. curve.Y.Select(y => y > Least ? Math.Log10(y) : double.NaN)];
            var line = PlotStyle.Line(plot, curve.X, logarithms, PlotStyle.Palette[i % PlotStyle.Palette.Length], 2.2f, curve.Name);
            line.MarkerSize = curve.X.Count <= 60 ? 5 : 0;
        }
        plot.Axes.Margins(0.02, 0);
        plot.Axes.SetLimitsY(lowest, highest);
        int every = (int)Math.Max(1, Math.Ceiling((highest - lowest) / 8)); // decades
        plot.Axes.Left.TickGenerator = new NumericManual(
            [.. Enumerable.Range((int)lowest, (int)(highest - lowest) + 1).Where(d => d % every == 0).Select(d => new Tick(d, Decade(d)))]);
        PlotStyle.LegendBelow(plot);
        return plot;
    }

    private static string Decade(int power) => power is >= -3 and <= 3 ? $"{Math.Pow(10, power):G3}" : $"1e{power}";
}
