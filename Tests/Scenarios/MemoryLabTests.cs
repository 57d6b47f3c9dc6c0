using System.Text.Json;

namespace MlNetRnn.Tests.Scenarios;

/// <summary>The program as a user runs it.</summary>
[TestClass]
public sealed class MemoryLabTests
{
    private const string Name = "MemoryLab";

    [TestMethod, TestCategory("Long")]
    public void Gated_cells_solve_what_the_plain_one_does_not()
    {
        using var folder = new TemporaryFolder();

        var run = ScenarioProgram.Run(Name, folder.Path, "--epochs", "16"); // of 40: for all but the plain cell that is enough

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        var errors = Errors(folder, Path.Combine("out", Name));
        foreach (string cell in new[] { "LSTM", "GRU" })
        {
            Assert.IsLessThan(0.01, errors[$"adding, 100 steps, {cell}"]);
            Assert.IsLessThan(0.01, errors[$"embedded Reber grammar, {cell}"]);
            Assert.IsLessThan(0.01, errors[$"late question, bidirectional {cell}"]);
            Assert.IsGreaterThan(0.1, errors[$"late question, {cell}"]);
            Assert.IsLessThan(0.01, errors[$"symbol 3 steps ahead, bidirectional {cell}"]);
            Assert.IsGreaterThan(0.8, errors[$"symbol 3 steps ahead, {cell}"]);
        }
        Assert.IsGreaterThan(0.1, errors["adding, 100 steps, tanh RNN"]);
    }

    [TestMethod, TestCategory("Long")]
    public void A_short_run_tells_and_draws_all()
    {
        using var folder = new TemporaryFolder();

        var run = ScenarioProgram.Run(Name, folder.Path, "--epochs", "1", "--sequences", "300", "--long", "--out", "a");

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.AreSequenceEqual(
            new[] { "adding.png", "gradients.png", "report.json" }, Directory.EnumerateFiles(folder["a"]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.HasCount((3 * 4) + (2 * 3) + 6 + 6, Errors(folder, "a"));
        Assert.Contains("adding, 200 steps", run.Output);
    }

    [TestMethod]
    public void Mistakes_are_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        foreach (string[] arguments in new[] { new[] { "--epochs", "0" }, ["--sequences", "5"], ["--model", "a.zip"] })
            ScenarioProgram.Run(Name, folder.Path, arguments).FailedInOneLine(arguments[0]);
    }

    private static Dictionary<string, double> Errors(TemporaryFolder folder, string output) => JsonDocument.Parse(File.ReadAllText(folder[Path.Combine(output, "report.json")]))
        .RootElement.GetProperty("models").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!, m => m.GetProperty("test").GetProperty("error").GetDouble());
}
