using System.Text.Json;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class StockPriceTests
{
    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G'];

    [TestMethod, TestCategory("Long")]
    public void Without_arguments_it_predicts_the_dax_nearly_as_well_as_persistence_and_writes_everything()
    {
        using var folder = new TemporaryFolder();

        var run = ScenarioProgram.Run("StockPrice", folder.Path);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        string output = Path.Combine(folder.Path, "out", "StockPrice");
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "report.json")));
        double model = Rmse(report.RootElement.GetProperty("models")[0].GetProperty("test"));
        double persistence = Rmse(report.RootElement.GetProperty("baselines").GetProperty("persistence"));
        Assert.IsLessThanOrEqualTo(1.02 * persistence, model);
        Assert.IsLessThan(1e-5, report.RootElement.GetProperty("onnxMaxAbsDiff").GetDouble());
        StringAssert.Contains(run.Output, "predict the same");
        foreach (string picture in new[] { "history.png", "predictions.png" })
            CollectionAssert.AreEqual(PngSignature, File.ReadAllBytes(Path.Combine(output, picture))[..4]);
    }

    [TestMethod, TestCategory("Long")]
    public void On_the_noisy_sine_it_beats_persistence_by_far_and_a_saved_model_scores_alike()
    {
        using var folder = new TemporaryFolder();

        var trained = ScenarioProgram.Run("StockPrice", folder.Path, "--source", "synthetic", "--out", "a");
        var fromZip = ScenarioProgram.Run("StockPrice", folder.Path, "--source", "synthetic", "--out", "b", "--model", "a/model.zip");
        var fromOnnx = ScenarioProgram.Run("StockPrice", folder.Path, "--source", "synthetic", "--out", "c", "--model", "a/model.onnx");

        Assert.AreEqual("", trained.Error + fromZip.Error + fromOnnx.Error);
        double rmse = ModelRmse(folder["a/report.json"]);
        Assert.IsLessThan(0.118, rmse, "noise 0.1, persistence 0.141");
        Assert.AreEqual(rmse, ModelRmse(folder["b/report.json"]), 1e-6);
        Assert.AreEqual(rmse, ModelRmse(folder["c/report.json"]), 1e-6);
    }

    [TestMethod]
    public void A_saved_model_finds_the_column_it_was_trained_on_and_reports_no_training()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["prices.csv"], ["Open,Close", .. Enumerable.Range(0, 200).Select(i => $"{i % 7},{i % 11}")]);
        string[] data = ["--data", "prices.csv", "--out"];
        var trained = ScenarioProgram.Run("StockPrice", folder.Path, [.. data, "a", "--column", "Close", "--window", "6", "--epochs", "1"]);
        Assert.AreEqual("", trained.Error);

        foreach (string kind in (string[])["zip", "onnx"])
        {
            var scored = ScenarioProgram.Run("StockPrice", folder.Path, [.. data, kind, "--model", $"a/model.{kind}"]);

            Assert.AreEqual("", scored.Error);
            StringAssert.Contains(scored.Output, "Close of prices.csv");
            Assert.AreEqual(ModelRmse(folder["a/report.json"]), ModelRmse(folder[$"{kind}/report.json"]), 1e-5);
            using var report = JsonDocument.Parse(File.ReadAllText(folder[$"{kind}/report.json"]));
            Assert.IsFalse(report.RootElement.TryGetProperty("trainSeconds", out _), "nothing was trained");
        }
    }

    [TestMethod, TestCategory("Long")]
    public void All_cells_are_compared_several_steps_ahead()
    {
        using var folder = new TemporaryFolder();

        var run = ScenarioProgram.Run("StockPrice", folder.Path, "--cell", "all", "--horizon", "3", "--epochs", "2", "--out", "all");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        using var report = JsonDocument.Parse(File.ReadAllText(folder["all/report.json"]));
        string?[] names = [.. report.RootElement.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("name").GetString())];
        CollectionAssert.AreEquivalent(new[] { "rnn", "lstm", "gru", "bilstm" }, names);
    }

    [TestMethod]
    [DataRow("There is no data file", "--data", "missing.csv")]
    [DataRow("'Open', 'Close'", "--data", "prices.csv", "--column", "Missing")]
    [DataRow("NaN, expected a finite number", "--data", "prices.csv", "--column", "Close", "--window", "2")]
    [DataRow("Row 2", "--data", "short.csv", "--column", "Close", "--window", "2")]
    [DataRow("window", "--window", "5000")]
    [DataRow("--horizon is 0", "--horizon", "0")]
    [DataRow("transformer", "--cell", "transformer")]
    [DataRow("BatchSize", "--batch", "100000")]
    [DataRow("cut.zip' cannot be read", "--model", "cut.zip")]
    [DataRow("cut or corrupted", "--model", "cut.onnx")]
    public void Bad_input_is_one_clear_line(string expected, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["prices.csv"], ["Open,Close", .. Enumerable.Range(0, 60).Select(i => i == 2 ? "1,abc" : $"1,{i}")]);
        File.WriteAllLines(folder["short.csv"], ["Open,Close", "1,2", "3"]);

        File.WriteAllText(folder["cut.zip"], "PK");
        File.WriteAllText(folder["cut.onnx"], "half");

        var run = ScenarioProgram.Run("StockPrice", folder.Path, [.. arguments, "--epochs", "1"]);

        Assert.AreNotEqual(0, run.ExitCode);
        StringAssert.Contains(run.Error, expected, StringComparison.OrdinalIgnoreCase);
        Assert.HasCount(1, run.Error.Trim().Split('\n'), run.Error);
    }

    [TestMethod]
    public void An_output_folder_that_cannot_be_written_is_refused_before_training()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["taken"], "");

        var run = ScenarioProgram.Run("StockPrice", folder.Path, "--out", "taken/out");

        Assert.AreNotEqual(0, run.ExitCode);
        StringAssert.Contains(run.Error, "taken");
        Assert.DoesNotContain("epoch", run.Output);
    }

    private static double ModelRmse(string file)
    {
        using var report = JsonDocument.Parse(File.ReadAllText(file));
        return Rmse(report.RootElement.GetProperty("models")[0].GetProperty("test"));
    }

    private static double Rmse(JsonElement metrics) => metrics.GetProperty("rmse").GetDouble();
}
