using System.Globalization;
using ScottPlot;
using ScottPlot.Colormaps;
using ScottPlot.Panels;
using ScottPlot.TickGenerators;

namespace MlNetRnn.Scenarios;

/// <summary>A confusion matrix as a picture: true classes from the top, predicted ones from the left, shaded by the share of the row.</summary>
public static class ConfusionPlot
{
    private const string NoPrediction = "(none)";

    // Light to dark, evenly to the eye: from the blues of ColorBrewer.
    private static readonly CustomInterpolated s_shades = new([.. new[] { "#FFFFFF", "#DEEBF7", "#9ECAE1", "#4292C6", "#08519C", "#08306B" }
        .Select(hex => Color.FromHex(hex))]);

    /// <summary>
    /// Writes the picture as PNG; an existing file is replaced only when the new one is complete. Up to 50 classes the cells hold their
    /// counts. Rows without a prediction have a column of their own, where there are any.
    /// </summary>
    /// <param name="path">The file to write.</param>
    /// <param name="report">The report whose confusion matrix is drawn.</param>
    /// <param name="title">The title above the picture.</param>
    public static void Save(string path, ClassificationReport report, string title)
    {
        ArgumentNullException.ThrowIfNull(report);
        var counts = Counts(report);
        string[] names = [.. report.Classes.Select(c => c.Label)];
        var layout = new ConfusionLayout(names, report.UnpredictedRows > 0 ? [.. names, NoPrediction] : names, counts.SelectMany(row => row).Select(Text));

        var plot = PlotStyle.NewPlot("Predicted class", "True class");
        DrawCells(plot, report, counts, layout);
        Name(plot, layout);
        plot.Layout.Fixed(new PixelPadding(layout.Left, ConfusionLayout.Right, layout.Bottom, ConfusionLayout.Top));
        var (width, height) = (layout.Cell * layout.ColumnNames.Length, layout.Cell * layout.RowNames.Length);
        Picture.Save(path, title, Pixels(width + layout.Left + ConfusionLayout.Right) + (2 * (int)Picture.Margin),
            Pixels(height + layout.Bottom + ConfusionLayout.Top) + Picture.TitleHeight, plot);
    }

    private static int Pixels(double size) => (int)Math.Ceiling(size);

    private static string Text(long count) => count.ToString(CultureInfo.InvariantCulture);

    // [true class, predicted class], with a last column of rows without a prediction where there are any.
    private static long[][] Counts(ClassificationReport report)
        => [.. report.ConfusionMatrix.Select((row, i)
            => report.UnpredictedRows > 0 ? [.. row, report.Classes[i].Support - row.Sum()] : row.ToArray())];

    private static void DrawCells(Plot plot, ClassificationReport report, long[][] counts, ConfusionLayout layout)
    {
        var shares = new double[counts.Length, counts[0].Length];
        for (var i = 0; i < counts.Length; i++)
            for (var j = 0; j < counts[i].Length; j++)
                shares[i, j] = (double)counts[i][j] / Math.Max(1, report.Classes[i].Support);
        var cells = plot.Add.Heatmap(shares);
        cells.Colormap = s_shades;
        cells.ManualRange = new ScottPlot.Range(0, 1);
        plot.Add.ColorBar(cells).Label = "Share of the true class";
        foreach (var bar in plot.Axes.GetPanels().OfType<ColorBar>())
            Style(bar);
        if (layout.HasCounts)
            DrawCounts(plot, counts, shares, layout);
        if (report.UnpredictedRows > 0)
            plot.Add.VerticalLine(counts.Length - 0.5, 1.5f, PlotStyle.Ink);
        plot.HideGrid();
        plot.Axes.SetLimits(-0.5, counts[0].Length - 0.5, -0.5, counts.Length - 0.5);
    }

    private static void Style(ColorBar bar)
    {
        bar.LabelStyle.FontName = bar.Axis.TickLabelStyle.FontName = PlotFont.Name;
        bar.LabelStyle.FontSize = bar.Axis.TickLabelStyle.FontSize = 13;
        bar.LabelStyle.Bold = false;
        bar.Axis.TickGenerator = new NumericManual([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"]);
    }

    // Zeros are faint, and left out where there are so many that they would hide the rest.
    private static void DrawCounts(Plot plot, long[][] counts, double[,] shares, ConfusionLayout layout)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            for (var j = 0; j < counts[i].Length; j++)
            {
                if (counts[i][j] == 0 && counts.Length > 12)
                    continue;
                var text = plot.Add.Text(Text(counts[i][j]), j, counts.Length - 1 - i);
                text.LabelFontName = PlotFont.Name;
                text.LabelFontSize = layout.CountSize;
                text.LabelAlignment = Alignment.MiddleCenter;
                text.LabelFontColor = counts[i][j] == 0 ? PlotStyle.Faint : shares[i, j] > 0.5 ? Colors.White : PlotStyle.Ink;
            }
        }
    }

    private static void Name(Plot plot, ConfusionLayout layout)
    {
        var (rows, columns) = (layout.RowNames, layout.ColumnNames);
        var shown = Enumerable.Range(0, rows.Length).Where(i => i % layout.NameEvery == 0).ToArray();
        int[] across = columns.Length > rows.Length ? [.. shown.Where(i => i <= rows.Length - layout.NameEvery), rows.Length] : shown;
        plot.Axes.Left.TickGenerator = new NumericManual([.. shown.Select(i => rows.Length - 1.0 - i)], [.. shown.Select(i => rows[i])]);
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. across.Select(i => (double)i)], [.. across.Select(i => columns[i])]);
        foreach (var axis in new IAxis[] { plot.Axes.Left, plot.Axes.Bottom })
        {
            axis.TickLabelStyle.FontSize = layout.NameSize;
            axis.MajorTickStyle.Length = 3;
        }
        if (!layout.IsUpright)
            return;
        plot.Axes.Bottom.TickLabelStyle.Rotation = -90;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleRight;
        plot.Axes.Bottom.Label.OffsetY = layout.TitleShift; // a fixed layout places it below one line
    }
}
