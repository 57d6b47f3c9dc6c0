namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>The pictures of the scenario.</summary>
internal static class MemoryPictures
{
    /// <summary>Gradients on a logarithmic scale, before and after training.</summary>
    public static void SaveGradients(string path, GradientCurve[] curves) => CurvesPlot.Save(
        path, "How far back the loss reaches: the adding problem over 100 steps",
        [
            // A cell at another rate is the same network before training, and would hide it.
            new("Before training", "Steps before the last one", "Norm of the gradient", [.. curves.DistinctBy(c => c.Initial[^1]).Select(c => new Curve(c.Cell, Distances(c.Initial), c.Initial))]),
            new("After training", "Steps before the last one", "Norm of the gradient", [.. curves.Select(c => new Curve(c.Cell, Distances(c.Trained), c.Trained))]),
        ]);

    /// <summary>How the error falls in training, on a logarithmic scale, a panel for each length.</summary>
    public static void SaveAdding(string path, IEnumerable<Lesson> lessons) => CurvesPlot.Save(
        path, "The adding problem: validation error while training",
        [
            .. lessons.Where(l => l.Metric == Lesson.Mse).GroupBy(l => l.Task).Select(task => new CurvePanel(
                task.Key, "Epoch", "Mean squared error / variance of the sum",
                [.. task.Select(l => Curve(l))])),
        ]);

    private static Curve Curve(Lesson lesson)
    {
        var history = lesson.Model!.Manifest.Training.History;
        return new(lesson.Cell, [.. history.Select(e => (double)e.Epoch)], [.. history.Select(e => e.ValidationLoss!.Value)]);
    }

    private static double[] Distances(double[] norms) => [.. Enumerable.Range(0, norms.Length).Select(k => (double)k)];
}
