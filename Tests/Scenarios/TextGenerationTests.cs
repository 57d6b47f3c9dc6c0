using System.Text.Json;

namespace MlNetRnn.Tests.Scenarios;

/// <summary>The program as a user runs it.</summary>
[TestClass]
public sealed class TextGenerationTests
{
    private const string Name = "TextGeneration";

    [TestMethod, TestCategory("Long")]
    public void Without_a_file_it_learns_english_words_better_than_pairs_of_letters_tell()
    {
        using var folder = new TemporaryFolder();

        var run = Run(folder, "--epochs", "2");

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        string output = Path.Combine("out", Name);
        Assert.AreSequenceEqual(
            new[] { "history.png", "model.onnx", "model.zip", "report.json", "samples.txt" },
            Directory.EnumerateFiles(folder[output]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        var report = Report(folder, output);
        var test = report.GetProperty("models")[0].GetProperty("test");
        Assert.IsLessThan(1e-4, report.GetProperty("onnxMaxAbsDiff").GetDouble());
        Assert.IsLessThan(
            report.GetProperty("baselines").GetProperty("bigram").GetProperty("natsPerToken").GetDouble() - 0.3, test.GetProperty("natsPerToken").GetDouble());
        Assert.IsGreaterThan(0.5, test.GetProperty("new").GetDouble());
        Assert.HasCount(2, run.Output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line.Contains(" · ", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow("char", "line")]
    [DataRow("char", "stream")]
    [DataRow("word", "line")]
    [DataRow("word", "stream")]
    public void Any_text_is_learnt_and_a_saved_model_goes_on_with_it(string unit, string by)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["text.txt"], Enumerable.Range(0, 200).Select(i => (i % 3) switch { 0 => "the cat sat.", 1 => "the dog ran, fast.", _ => "a dog sat." }));

        var trained = Run(folder, "--data", "text.txt", "--unit", unit, "--by", by, "--epochs", "2", "--out", "a", "--prompt", "the dog", "--samples", "3", "--length", "30");

        Assert.AreEqual((0, ""), (trained.ExitCode, trained.Error));
        Assert.IsTrue(double.IsFinite(Report(folder, "a").GetProperty("models")[0].GetProperty("test").GetProperty("natsPerToken").GetDouble()));
        string[] texts = File.ReadAllText(folder["a/samples.txt"]).Split("the dog", StringSplitOptions.None);
        Assert.IsGreaterThanOrEqualTo(4, texts.Length);
        foreach (string model in new[] { "model.zip", "model.onnx" })
        {
            var generated = Run(folder, "--model", $"a/{model}", "--prompt", "the dog", "--samples", "3", "--length", "30");

            Assert.AreEqual((0, ""), (generated.ExitCode, generated.Error), model);
            Assert.AreEqual(File.ReadAllText(folder["a/samples.txt"]).Trim(), generated.Output.Trim(), model);
        }
        string[] greedy = [.. new[] { "1", "2" }.Select(seed =>
            Run(folder, "--model", "a/model.onnx", "--temperature", "0", "--samples", "1", "--length", "10", "--seed", seed).Output)];
        Assert.AreEqual(greedy[0], greedy[1]);
    }

    [TestMethod]
    public void Mistakes_are_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("abc\ncab\n", 20)));
        File.WriteAllText(folder["empty.txt"], "\n\n");
        File.WriteAllBytes(folder["binary.txt"], [0x41, 0x0A, 0xFF, 0xFE, 0x00, 0x42]);
        File.WriteAllBytes(folder["zeros.txt"], [0x41, 0x0A, 0x00, 0x42]);
        (string[] Arguments, string[] Parts)[] mistakes =
        [
            (["--data", "gone.txt"], ["no file", "gone.txt"]),
            (["--data", "empty.txt"], ["0 lines"]),
            (["--data", "binary.txt"], ["no text", "UTF-8"]),
            (["--data", "zeros.txt"], ["no text", "line 2"]),
            (["--data", "text.txt", "--prompt", "axb"], ["'x'", "--unknown map"]),
            (["--unit", "word"], ["for --data"]),
            (["--data", "text.txt", "--vocabulary", "10"], ["--unit word"]),
            (["--temperature", "-1", "--top-k", "0", "--top-p", "2"], ["Temperature is -1", "TopK is 0", "TopP is 2"]),
            (["--length", "-1"], ["--length"]),
            (["--model", "text.txt"], ["model.zip or model.onnx"]),
        ];
        foreach (var (arguments, parts) in mistakes)
            Run(folder, arguments).FailedInOneLine(parts);
    }

    [TestMethod, TestCategory("Long")]
    public void A_line_of_a_million_characters_is_learnt_beside_others()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["long.txt"], Enumerable.Repeat("abcabc", 30).Prepend(string.Concat(Enumerable.Repeat("abcabcabca", 100_000))));

        var run = Run(folder, "--data", "long.txt", "--epochs", "1", "--samples", "1", "--seed", "2");

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
    }

    private static ScenarioProgram.Result Run(TemporaryFolder folder, params string[] arguments) => ScenarioProgram.Run(Name, folder.Path, arguments);

    private static JsonElement Report(TemporaryFolder folder, string output) =>
        JsonDocument.Parse(File.ReadAllText(folder[Path.Combine(output, "report.json")])).RootElement;
}
