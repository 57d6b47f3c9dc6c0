using Microsoft.ML;

namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>The scenario from the tasks to the table.</summary>
internal static class MemoryLabScenario
{
    private const int GradientSteps = 100;
    private static readonly int[] s_between = [1, 5];

    public static int Run(MemoryLabSettings settings, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Out);
        var ml = new MLContext(settings.Seed);
        var lessons = new Lessons(ml, settings, cancellation);
        var results = new List<Lesson>();
        foreach (int steps in settings.Long ? [50, GradientSteps, 200] : (int[])[50, GradientSteps])
        {
            Console.WriteLine($"The adding problem over {steps} steps: the sum of two marked numbers (chance: a mean squared error of {AddingProblem.Chance:f3}).");
            results.AddRange(Cells.WithSlow.Select(c => lessons.Add(c, steps)));
        }
        foreach (int between in s_between)
        {
            Console.WriteLine($"The embedded Reber grammar: the last letter but one is the second, over {between} string{(between > 1 ? "s" : "")} between.");
            results.AddRange(Cells.All.Select(c => lessons.Grammar(c.Name, c.Cell, between)));
        }
        Console.WriteLine($"The late question: which letter stands {LateQuestion.Distance} before the question mark (chance: {1 - LateQuestion.Chance:p0} wrong)?");
        results.AddRange(Cells.All.SelectMany(c => new[] { lessons.Question(c.Name, c.Cell, bidirectional: false), lessons.Question($"bidirectional {c.Name}", c.Cell, bidirectional: true) }));
        Console.WriteLine($"The symbol {FutureSymbol.Ahead} steps ahead, asked at every step: who reads forward alone has not seen it (chance: {1 - FutureSymbol.Chance:p1} wrong).");
        results.AddRange(Cells.All.SelectMany(c => new[] { lessons.Future(c.Name, c.Cell, bidirectional: false), lessons.Future($"bidirectional {c.Name}", c.Cell, bidirectional: true) }));
        var gradients = Gradients(ml, lessons, results, settings);
        Report(folder, settings, results, gradients);
        folder.PrintWritten();
        return 0;
    }

    // Of each cell before and after training: the norm of the gradient by distance from the end.
    private static GradientCurve[] Gradients(MLContext ml, Lessons lessons, List<Lesson> results, MemoryLabSettings settings)
    {
        var data = AddingProblem.View(ml, 256, GradientSteps, settings.Seed);
        return [.. Cells.WithSlow.Select(c => new GradientCurve(
            c.Name, GradientNorms.ByDistance(lessons.Untrained(c.Cell, GradientSteps), data),
            GradientNorms.ByDistance(results.First(r => r.Cell == c.Name && r.Task == $"adding, {GradientSteps} steps").Model!, data)))];
    }

    private static string Ratio(double[] norms) => norms[^1] > 0 ? $"{norms[^1] / norms[0]:g2}" : "below 1e-45";

    private static void Report(OutputFolder folder, MemoryLabSettings settings, List<Lesson> results, GradientCurve[] gradients)
    {
        Console.WriteLine();
        ResultTable.Write(["task", "cell", "parameters", "epochs", "seconds", "error", "of", "solved"], [.. results.Select(r => r.Row)]);
        Console.WriteLine();
        ResultTable.Write(
            ["gradient of the loss, 99 steps back : at the last step", "at initialisation", "after training"],
            [.. gradients.Select(g => (string[])[g.Cell, Ratio(g.Initial), Ratio(g.Trained)])]);
        MemoryPictures.SaveGradients(folder.File("gradients.png"), gradients);
        MemoryPictures.SaveAdding(folder.File("adding.png"), results);
        new ScenarioReport
        {
            Scenario = "MemoryLab",
            Seed = settings.Seed,
            TrainSeconds = results.Sum(r => r.Seconds),
            OnnxMaxAbsDiff = results.Max(r => r.Model?.Manifest.Training.OnnxMaxAbsDiff ?? 0),
            Models = [.. results.Select(r => new ModelReport($"{r.Task}, {r.Cell}", new Dictionary<string, double>
            {
                ["parameters"] = r.Parameters, ["seconds"] = r.Seconds, ["error"] = r.Error, ["solved"] = r.IsSolved ? 1 : 0,
            }))],
        }.Save(folder.File("report.json"));
    }
}
