namespace MlNetRnn.Scenarios;

/// <summary>Actual values and predictions over a test period as a picture.</summary>
public static class PredictionPlot
{
    /// <summary>Writes the picture as PNG; an existing file is replaced only when the new one is complete.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="title">The title above the picture.</param>
    /// <param name="xLabel">What is on the x axis, with its unit.</param>
    /// <param name="yLabel">What is on the y axis, with its unit.</param>
    /// <param name="x">Position of each row on the x axis.</param>
    /// <param name="actual">Actual value of each row; NaN where it is unknown.</param>
    /// <param name="predictions">Named predictions of the same rows; faint ones (a baseline) are grey, behind the others.</param>
    public static void Save(
        string path,
        string title,
        string xLabel,
        string yLabel,
        IReadOnlyList<double> x,
        IReadOnlyList<double> actual,
        IReadOnlyList<(string Name, IReadOnlyList<double> Values, bool Faint)> predictions)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(predictions);
        CheckLengths(x, actual, predictions);

        var plot = PlotStyle.NewPlot(xLabel, yLabel);
        foreach (var (name, values, _) in predictions.Where(p => p.Faint))
            PlotStyle.Line(plot, x, values, PlotStyle.Behind, 4, name); // wide: it shows behind a model that predicts the same
        PlotStyle.Line(plot, x, actual, PlotStyle.Ink, 2, "Actual");
        // From the second colour on: the first, blue, is hard to tell from the near-black truth.
        var vivid = predictions.Where(p => !p.Faint).ToList();
        for (var i = 0; i < vivid.Count; i++)
            PlotStyle.Line(plot, x, vivid[i].Values, PlotStyle.Palette[(i + 1) % PlotStyle.Palette.Length], 1.6f, vivid[i].Name);

        plot.Axes.Margins(0.02, 0.08);
        PlotStyle.LegendBelow(plot);
        Picture.Save(path, title, 1400, 600, plot);
    }

    private static void CheckLengths(
        IReadOnlyList<double> x, IReadOnlyList<double> actual, IReadOnlyList<(string Name, IReadOnlyList<double> Values, bool Faint)> predictions)
    {
        if (x.Count == 0)
            throw new ArgumentException("There are no rows to plot.", nameof(x));
        if (actual.Count != x.Count)
            throw new ArgumentException($"There are {actual.Count} actual values for {x.Count} rows.", nameof(actual));
        foreach (var (name, values, _) in predictions)
        {
            if (values.Count != x.Count)
                throw new ArgumentException($"'{name}' has {values.Count} predictions for {x.Count} rows.", nameof(predictions));
        }
    }
}
