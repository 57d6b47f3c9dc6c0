using ScottPlot;

namespace MlNetRnn.Scenarios;

/// <summary>The training history as a picture: loss on the left, mean absolute error (of classes accuracy) on the right, over the epochs.</summary>
public static class HistoryPlot
{
    /// <summary>Writes the picture as PNG; an existing file is replaced only when the new one is complete.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="history">One row per epoch; validation may be absent.</param>
    /// <param name="title">The title above both panels.</param>
    /// <param name="lossLabel">What the loss is, with its unit; null: as the trainers of the history's task have it.</param>
    /// <param name="errorLabel">What the error is, with its unit; null likewise.</param>
    public static void Save(
        string path,
        IReadOnlyList<EpochMetrics> history,
        string title,
        string? lossLabel = null,
        string? errorLabel = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.Count == 0)
            throw new ArgumentException("The history has no epoch to plot; train for at least one.", nameof(history));

        bool ofClasses = history[0].TrainingAccuracy is not null;
        var loss = Panel(history, lossLabel ?? (ofClasses ? "Cross-entropy (nats)" : "Mean squared error (standardised units)"),
            e => e.TrainingLoss, e => e.ValidationLoss);
        var quality = ofClasses
            ? Panel(history, errorLabel ?? "Accuracy", e => e.TrainingAccuracy, e => e.ValidationAccuracy)
            : Panel(history, errorLabel ?? "Mean absolute error (standardised units)",
                e => e.TrainingMeanAbsoluteError, e => e.ValidationMeanAbsoluteError);
        Picture.Save(path, title, 1400, 600, loss, quality);
    }

    private static Plot Panel(
        IReadOnlyList<EpochMetrics> history, string yLabel, Func<EpochMetrics, double?> training, Func<EpochMetrics, double?> validation)
    {
        var plot = PlotStyle.NewPlot("Epoch", yLabel);
        PlotStyle.IntegerTicks(plot.Axes.Bottom);
        Curve(plot, history, training, PlotStyle.Palette[0], "Training");
        if (history.Any(e => validation(e) is not null))
            Curve(plot, history, validation, PlotStyle.Palette[1], "Validation");
        MarkBestEpoch(plot, history, validation);
        MarkLearningRateDrops(plot, history);
        plot.Axes.AutoScaleY();
        // Room for the first and last marker, and a width above zero for a single epoch.
        plot.Axes.SetLimitsX(history[0].Epoch - 0.5, history[^1].Epoch + 0.5);
        PlotStyle.LegendBelow(plot);
        return plot;
    }

    private static void Curve(Plot plot, IReadOnlyList<EpochMetrics> history, Func<EpochMetrics, double?> value, Color color, string legend)
    {
        var rows = history.Where(e => value(e) is not null).ToList();
        var line = PlotStyle.Line(plot, [.. rows.Select(e => (double)e.Epoch)], [.. rows.Select(e => value(e)!.Value)], color, 2, legend);
        line.MarkerSize = rows.Count <= 60 ? 5 : 0;
    }

    private static void MarkLearningRateDrops(Plot plot, IReadOnlyList<EpochMetrics> history)
    {
        var legend = "Learning rate reduced";
        if (history.Skip(1).Zip(history, (after, before) => after.LearningRate < before.LearningRate).Count(falls => falls) > history.Count / 3)
            return; // a schedule that lowers it all the time
        for (var i = 1; i < history.Count; i++)
        {
            if (history[i].LearningRate >= history[i - 1].LearningRate)
                continue;
            // Between the two epochs: the later one was already trained with the lower rate.
            var line = plot.Add.VerticalLine(history[i].Epoch - 0.5, 1.5f, PlotStyle.Faint, LinePattern.DenselyDashed);
            line.LegendText = legend;
            line.LabelText = "";
            legend = "";
        }
    }

    private static void MarkBestEpoch(Plot plot, IReadOnlyList<EpochMetrics> history, Func<EpochMetrics, double?> validation)
    {
        var best = history.Where(e => e.ValidationLoss is { } loss && double.IsFinite(loss)).MinBy(e => e.ValidationLoss);
        if (best is null || validation(best) is not { } value || !double.IsFinite(value))
            return;
        var marker = plot.Add.Marker(best.Epoch, value, MarkerShape.OpenCircle, 16, PlotStyle.Ink);
        marker.LineWidth = 2;
        marker.LegendText = $"Lowest validation loss (epoch {best.Epoch})";
    }
}
