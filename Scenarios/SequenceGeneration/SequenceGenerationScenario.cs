using System.Globalization;
using Microsoft.ML;

namespace MlNetRnn.Scenarios.SequenceGeneration;

/// <summary>The scenario from the series to its continuation.</summary>
internal static class SequenceGenerationScenario
{
    private const int LongestPeriod = 200, UsualWindow = 50;

    public static int Run(SequenceGenerationSettings settings, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Common.Out);
        var ml = new MLContext(settings.Common.Seed);
        var series = Series.Load(ml, settings);
        int? period = Period.Of(series.Known, LongestPeriod);
        var model = settings.Common.Model is { } file ? WaveModel.Load(ml, file) : Train(ml, series, period, settings, cancellation);
        float[] generated = model.Generate(series);
        double? difference = model.Chain is null ? null : model.SaveAndCompare(ml, folder, series, generated);
        if (model.Chain is not null)
        {
            HistoryPlot.Save(
                folder.File("history.png"), model.Model.Manifest.Training.History, $"{settings.Cell.ToUpperInvariant()} on {series.Title}: one step ahead");
        }
        Continuation[] all = [new(model.Model.Manifest.Network.Cell, generated), .. Continuation.Baselines(series, period)];
        Report(folder, settings, series, model, all, difference);
        GenerationPlot.Save(
            folder.File("generated.png"), $"{series.Title}: {generated.Length} steps that the model goes on with", series.Unit, series.Known.TakeLast(SeedShown(model, series)).ToArray(),
            generated, series.Truth);
        folder.Write("generated.csv", stream => WriteCsv(stream, series, generated));
        folder.PrintWritten();
        return 0;
    }

    private static WaveModel Train(MLContext ml, Series series, int? period, SequenceGenerationSettings settings, CancellationToken cancellation)
    {
        int window = settings.Window ?? (2 * period) ?? UsualWindow;
        Console.WriteLine($"{series.Title}: {series.Known.Length} values to learn, {series.Truth.Length} to generate; "
            + $"{(period is null ? "no clear period" : $"a period of {period} steps")}, windows of {window}.");
        return WaveModel.Train(ml, series, window, settings, cancellation);
    }

    // What the model read, and not less than half of what it gives.
    private static int SeedShown(WaveModel model, Series series) =>
        Math.Min(series.Known.Length, Math.Max(model.Model.Manifest.Steps, series.Truth.Length / 2));

    private static void Report(
        OutputFolder folder, SequenceGenerationSettings settings, Series series, WaveModel model, Continuation[] all, double? difference)
    {
        int length = series.Truth.Length, parts = Math.Min(4, length);
        Range[] quarters = [.. Enumerable.Range(0, parts).Select(q => (q * length / parts)..((q + 1) * length / parts))];
        Console.WriteLine();
        ResultTable.Write(
            ["RMSE of steps", .. quarters.Select(q => $"{q.Start.Value + 1}-{q.End.Value}"), "all", "MAE"],
            [.. all.Select(c => (string[])[c.Name, .. quarters.Select(q => $"{c.Rmse(series.Truth, q):g4}"), $"{c.Rmse(series.Truth, ..):g4}", $"{c.Mae(series.Truth):g4}"])]);
        var best = all[1..].MinBy(c => c.Rmse(series.Truth, ..))!;
        double ours = all[0].Rmse(series.Truth, ..), theirs = best.Rmse(series.Truth, ..);
        Console.WriteLine($"{(ours < theirs ? $"The {all[0].Name} is best" : $"{best.Name} is best")}: RMSE {ours:g4} of the {all[0].Name}, {theirs:g4} of the best baseline, {best.Name}.");
        new ScenarioReport
        {
            Scenario = "SequenceGeneration",
            Seed = settings.Common.Seed,
            Epochs = model.Chain is null ? null : model.Model.Manifest.Training.History.Length,
            TrainSeconds = model.Seconds,
            OnnxMaxAbsDiff = difference,
            Models = [new(all[0].Name, Numbers(all[0], series))],
            Baselines = all[1..].ToDictionary(c => c.Name, c => (IReadOnlyDictionary<string, double>)Numbers(c, series)),
        }.Save(folder.File("report.json"));
    }

    private static Dictionary<string, double> Numbers(Continuation continuation, Series series) =>
        new() { ["rmse"] = continuation.Rmse(series.Truth, ..), ["mae"] = continuation.Mae(series.Truth) };

    private static void WriteCsv(Stream stream, Series series, float[] generated)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.WriteLine("step,generated,truth");
        for (int i = 0; i < generated.Length; i++)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1},{generated[i]},{series.Truth[i]}"));
    }
}
