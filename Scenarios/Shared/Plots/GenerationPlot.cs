namespace MlNetRnn.Scenarios;

/// <summary>A series and how a model goes on with it: the seed, what was generated after it, and the truth where it is known.</summary>
public static class GenerationPlot
{
    /// <summary>Writes the picture as PNG; an existing file is replaced only when the new one is complete.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="title">The title above the picture.</param>
    /// <param name="yLabel">What is on the y axis, with its unit.</param>
    /// <param name="seed">The end of the series that was given, oldest value first.</param>
    /// <param name="generated">The values after it, by the model.</param>
    /// <param name="truth">Those that came; empty where they are not known.</param>
    public static void Save(string path, string title, string yLabel, IReadOnlyList<float> seed, IReadOnlyList<float> generated, IReadOnlyList<float> truth)
    {
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(truth);
        var plot = PlotStyle.NewPlot("Step (the first generated one is 1)", yLabel);
        PlotStyle.Line(plot, Steps(1, truth.Count), Doubles(truth), PlotStyle.Behind, 4, truth.Count > 0 ? "Truth" : "");
        PlotStyle.Line(plot, Steps(1 - seed.Count, seed.Count), Doubles(seed), PlotStyle.Ink, 2, "Seed");
        double[] joined = [seed[^1], .. Doubles(generated)]; // from the seed's last value on
        PlotStyle.Line(plot, Steps(0, joined.Length), joined, PlotStyle.Palette[1], 2, "Generated");
        var border = plot.Add.VerticalLine(0.5);
        border.Color = PlotStyle.Faint;
        border.LinePattern = ScottPlot.LinePattern.Dashed;
        plot.Axes.Margins(0.02, 0.08);
        PlotStyle.LegendBelow(plot);
        Picture.Save(path, title, 1400, 600, plot);
    }

    private static double[] Steps(int first, int count) => [.. Enumerable.Range(first, count).Select(i => (double)i)];

    private static double[] Doubles(IEnumerable<float> values) => [.. values.Select(v => (double)v)];
}
