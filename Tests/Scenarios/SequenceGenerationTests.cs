using System.Globalization;
using System.Text.Json;

namespace MlNetRnn.Tests.Scenarios;

/// <summary>The program as a user runs it.</summary>
[TestClass]
public sealed class SequenceGenerationTests
{
    private const string Name = "SequenceGeneration";

    [TestMethod, TestCategory("Long")]
    public void Without_arguments_it_goes_on_with_a_wave_better_than_the_baselines()
    {
        using var folder = new TemporaryFolder();

        var run = Run(folder);

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        string output = Path.Combine("out", Name);
        Assert.AreSequenceEqual(
            new[] { "generated.csv", "generated.png", "generator.onnx", "history.png", "model.onnx", "model.zip", "report.json" },
            Directory.EnumerateFiles(folder[output]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        var report = Report(folder, output);
        double ours = report.GetProperty("models")[0].GetProperty("test").GetProperty("rmse").GetDouble();
        Assert.IsLessThan(1e-4, report.GetProperty("onnxMaxAbsDiff").GetDouble());
        foreach (var baseline in report.GetProperty("baselines").EnumerateObject())
            Assert.IsLessThan(baseline.Value.GetProperty("rmse").GetDouble(), ours, baseline.Name);
        Assert.HasCount(201, File.ReadAllLines(folder[Path.Combine(output, "generated.csv")]));
    }

    [TestMethod]
    public void A_column_of_a_file_is_continued_and_a_saved_model_goes_on_alike()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["wave.csv"], ["step,level", .. Enumerable.Range(0, 300).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{Math.Sin(i * 0.5)}"))]);
        string[] data = ["--data", "wave.csv", "--column", "level", "--length", "30"];

        var trained = Run(folder, [.. data, "--out", "a", "--epochs", "3", "--cell", "gru", "--window", "12"]);

        Assert.AreEqual((0, ""), (trained.ExitCode, trained.Error));
        Assert.Contains("a period of 13 steps", trained.Output); // 2π / 0.5 = 12.6
        string[] expected = File.ReadAllLines(folder["a/generated.csv"]);
        Assert.HasCount(31, expected);
        foreach (string model in new[] { "model.zip", "model.onnx" })
        {
            var again = Run(folder, [.. data, "--out", "b", "--model", $"a/{model}"]);

            Assert.AreEqual((0, ""), (again.ExitCode, again.Error), model);
            Assert.AreSequenceEqual(expected, File.ReadAllLines(folder["b/generated.csv"]), model);
        }
    }

    [TestMethod]
    public void Mistakes_are_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["short.csv"], "a\n1\n2\n3\n");
        File.WriteAllText(folder["hole.csv"], "a\n" + string.Concat(Enumerable.Repeat("1\n", 30)) + "?\n" + string.Concat(Enumerable.Repeat("1\n", 30)));
        (string[] Arguments, string[] Parts)[] mistakes =
        [
            (["--data", "short.csv"], ["--data and --column"]),
            (["--data", "gone.csv", "--column", "a"], ["gone.csv"]),
            (["--data", "short.csv", "--column", "b"], ["'b'", "'a'"]),
            (["--data", "short.csv", "--column", "a"], ["3 values", "--length"]),
            (["--data", "hole.csv", "--column", "a", "--length", "5"], ["row 32", "'a'"]),
            (["--length", "0"], ["--length"]),
            (["--window", "5000"], ["--window 5000"]),
            (["--cell", "transformer"], ["transformer"]),
            (["--model", "short.csv"], ["model.zip or model.onnx"]),
        ];
        foreach (var (arguments, parts) in mistakes)
            Run(folder, arguments).FailedInOneLine(parts);
    }

    private static ScenarioProgram.Result Run(TemporaryFolder folder, params string[] arguments) => ScenarioProgram.Run(Name, folder.Path, arguments);

    private static JsonElement Report(TemporaryFolder folder, string output) =>
        JsonDocument.Parse(File.ReadAllText(folder[Path.Combine(output, "report.json")])).RootElement;
}
