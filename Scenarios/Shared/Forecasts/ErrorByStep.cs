using ScottPlot;

namespace MlNetRnn.Scenarios;

/// <summary>How errors grow with the steps ahead, of several methods.</summary>
public static class ErrorByStep
{
    /// <summary>Writes the picture as PNG.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="methods">Each method's error at each step; the first is the model.</param>
    /// <param name="errorLabel">What the error is.</param>
    /// <param name="title">The title above the picture.</param>
    public static void Save(string path, IReadOnlyList<(string Name, IReadOnlyList<double> PerStep)> methods, string errorLabel, string title)
    {
        ArgumentNullException.ThrowIfNull(methods);
        if (methods.Count == 0 || methods.Any(m => m.PerStep.Count == 0))
            throw new ArgumentException("There are no errors to draw: every method needs one for each step.", nameof(methods));
        var plot = PlotStyle.NewPlot("Steps ahead", errorLabel);
        PlotStyle.IntegerTicks(plot.Axes.Bottom);
        for (int i = methods.Count - 1; i >= 0; i--) // the model over the others
        {
            double[] steps = [.. Enumerable.Range(1, methods[i].PerStep.Count).Select(k => (double)k)];
            int number = i < 2 ? 1 - i : i % PlotStyle.Palette.Length; // the model in the second colour, as in other pictures
            var color = PlotStyle.Palette[number];
            var line = PlotStyle.Line(plot, steps, methods[i].PerStep, color, i == 0 ? 3 : 1.6f, methods[i].Name);
            line.LinePattern = i < PlotStyle.Palette.Length ? LinePattern.Solid : LinePattern.DenselyDashed; // a colour again
            line.MarkerSize = steps.Length <= 24 ? 5 : 0;
        }
        plot.Axes.Margins(0.02, 0.08);
        PlotStyle.LegendBelow(plot);
        Picture.Save(path, title, 1400, 600, plot);
    }
}
