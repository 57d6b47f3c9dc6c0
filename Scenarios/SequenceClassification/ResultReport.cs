using Microsoft.ML;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>The reports and the table on the console, the confusion matrix, and <c>report.json</c>.</summary>
internal static class ResultReport
{
    private static readonly string[] s_headers = ["model", "test accuracy", "macro F1"];

    /// <summary>Prints and writes everything about the test part.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="folder">Where the files go.</param>
    /// <param name="data">The data.</param>
    /// <param name="model">What the model told.</param>
    /// <param name="baselines">What the baselines told.</param>
    /// <param name="report">What is known of the training; the rest is filled in.</param>
    public static void Write(
        MLContext ml, OutputFolder folder, ClassificationData data, Predictions model, Predictions[] baselines, ScenarioReport report)
    {
        var result = model.Report(ml);
        Console.WriteLine();
        Console.WriteLine(result);
        Console.WriteLine();
        var others = baselines.ToDictionary(b => b.Name, b => b.Report(ml));
        ResultTable.Write(s_headers, [Row(model.Name, result), .. others.Select(o => Row(o.Key, o.Value))]);
        ConfusionPlot.Save(folder.File("confusion.png"), result, $"{data.Title}: {result.Rows} test sequences, {result.Accuracy:p1} right");
        (report with
        {
            Models = [new(model.Name, Metrics(result))],
            Baselines = others.Count == 0 ? null : others.ToDictionary(o => o.Key.Split(' ')[0], o => (IReadOnlyDictionary<string, double>)Metrics(o.Value)),
            PerClass = result.Classes.ToDictionary(c => c.Label, c => new ClassReport(c.Precision, c.Recall, c.F1, c.Support)),
        }).Save(folder.File("report.json"));
    }

    private static string[] Row(string name, ClassificationReport report) => [name, $"{report.Accuracy:p2}", $"{report.MacroAverage.F1:f4}"];

    private static Dictionary<string, double> Metrics(ClassificationReport report) =>
        new() { ["accuracy"] = report.Accuracy, ["macroF1"] = report.MacroAverage.F1 };
}
