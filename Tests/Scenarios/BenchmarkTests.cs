using System.Text.Json;

namespace MlNetRnn.Tests.Scenarios;

/// <summary>The benchmarks run and write what they promise; their figures decide nothing here.</summary>
[TestClass]
public sealed class BenchmarkTests
{
    [TestMethod, TestCategory("Long")]
    [DataRow("inference", "cell hidden batch steps what microseconds ratio")]
    [DataRow("engine", "cell hidden steps predictorMicroseconds predictionEngineMicroseconds pushMicroseconds predictorBytes "
        + "predictionEngineBytes pushBytes ratio")]
    [DataRow("training", "cell hidden batch steps features plainWindowsPerSecond windowsPerSecond ratio shareOfPeak plainShareOfPeak ratioLow "
        + "ratioHigh threads")]
    [DataRow("generation", "cell hidden length rescoringTokensPerSecond torchTokensPerSecond tokensPerSecond ratio")]
    [DataRow("windowing", "case rows sourceRowsPerSecond rowsPerSecond bytesPerRow ratio")]
    public void It_writes_rows_of_both_rates_and_their_ratio(string name, string fields)
    {
        using var folder = new TemporaryFolder();

        var run = ScenarioProgram.Run("Benchmarks", folder.Path, name, "--quick", "--out", "results");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        using var rows = JsonDocument.Parse(File.ReadAllText(folder[$"results/{name}.json"]));
        Assert.IsGreaterThan(0, rows.RootElement.GetArrayLength());
        foreach (var row in rows.RootElement.EnumerateArray())
        {
            CollectionAssert.AreEqual(fields.Split(' '), row.EnumerateObject().Select(p => p.Name).ToArray());
            Assert.IsGreaterThan(0, row.GetProperty("ratio").GetDouble());
        }
    }
}
