using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace MlNetRnn.Scenarios;

/// <summary>Sizes and colours that all pictures share.</summary>
internal static class PlotStyle
{
    /// <summary>The colour-blind safe palette of Okabe and Ito, without black (the truth) and yellow (too pale on white).</summary>
    public static readonly Color[] Palette =
    [
        Color.FromHex("#0072B2"), Color.FromHex("#D55E00"), Color.FromHex("#009E73"), Color.FromHex("#CC79A7"), Color.FromHex("#56B4E9"),
    ];

    public static readonly Color Ink = Color.FromHex("#222222");

    public static readonly Color Faint = Color.FromHex("#B4B4B4");

    /// <summary>Wide lines behind the others: fainter still.</summary>
    public static readonly Color Behind = Color.FromHex("#CECECE");

    private const int FontSize = 14;

    public static Plot NewPlot(string xLabel, string yLabel)
    {
        _ = PlotFont.Typeface;
        var plot = new Plot();
        plot.Font.Set(PlotFont.Name);
        plot.XLabel(xLabel, FontSize);
        plot.YLabel(yLabel, FontSize);
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontSize = FontSize;
            axis.Label.Bold = false;
        }

        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = TickLabel };
        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = TickLabel };

        plot.Grid.MajorLineColor = Color.FromHex("#E6E6E6");
        return plot;
    }

    /// <summary>Adds a line through the finite points; ScottPlot's scaling does not survive NaN or infinity.</summary>
    public static Scatter Line(Plot plot, IReadOnlyList<double> x, IReadOnlyList<double> y, Color color, float width, string legend)
    {
        var points = x.Zip(y, (a, b) => new Coordinates(a, b)).Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToArray();
        var line = plot.Add.Scatter(points);
        line.Color = color;
        line.LineWidth = width;
        line.MarkerSize = 0;
        line.LegendText = legend;
        return line;
    }

    public static void IntegerTicks(IXAxis axis) => axis.TickGenerator = new NumericAutomatic
    {
        IntegerTicksOnly = true,
        MinorTickGenerator = new EvenlySpacedMinorTickGenerator(1),
    };

    // No thousands separators: 1997.5 may be a year. Ticks are sums of steps, and 0 may come out as 1e-17.
    private static string TickLabel(double value) => Math.Abs(value) < 1e-10 ? "0" : $"{value:G7}";

    /// <summary>A legend below the axes, where it cannot cover a curve.</summary>
    public static void LegendBelow(Plot plot)
    {
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.TightHorizontalWrapping = true;
        plot.Legend.FontName = PlotFont.Name;
        plot.Legend.FontSize = FontSize - 1;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Bottom);
    }
}
