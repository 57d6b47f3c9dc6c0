using System.Text.Json;
using System.Text.Json.Nodes;
using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class ScenarioReportTests
{
    private static readonly ScenarioReport s_full = new()
    {
        Scenario = "StockPrice",
        Seed = 1,
        Epochs = 12,
        TrainSeconds = 3.5,
        OnnxMaxAbsDiff = 0.25,
        Models = [new("LSTM", new Dictionary<string, double> { ["mae"] = 1, ["macroF1"] = 0.5 })],
        Baselines = new Dictionary<string, IReadOnlyDictionary<string, double>> { ["persistence"] = new Dictionary<string, double> { ["mae"] = 2 } },
        PerClass = new Dictionary<string, ClassReport> { ["Größe <1>"] = new(0.5, 0.25, 0.125, 7) },
    };

    [TestMethod]
    public void The_report_has_the_documented_shape()
    {
        const string expected = """
            {"scenario":"StockPrice","seed":1,"epochs":12,"trainSeconds":3.5,"onnxMaxAbsDiff":0.25,
             "models":[{"name":"LSTM","test":{"mae":1,"macroF1":0.5}}],
             "baselines":{"persistence":{"mae":2}},
             "perClass":{"Größe <1>":{"precision":0.5,"recall":0.25,"f1":0.125,"support":7}}}
            """;

        Assert.IsTrue(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(Saved(s_full))), Saved(s_full));
    }

    [TestMethod]
    public void What_does_not_apply_is_absent()
    {
        var json = JsonNode.Parse(Saved(new ScenarioReport { Scenario = "S", Seed = 2, Models = [] }))!.AsObject();

        Assert.AreSequenceEqual(["scenario", "seed", "models"], json.Select(p => p.Key));
    }

    [TestMethod]
    public void A_classification_report_gives_the_metrics_and_the_classes_in_its_order()
    {
        var report = ClassificationReport.Create(["b", "a", "never"], [[1, 1, 0], [0, 2, 0], [0, 0, 0]], [2, 2, 0], 0);
        var json = JsonNode.Parse(Saved(new ScenarioReport
        {
            Scenario = "S",
            Seed = 2,
            Models = [ModelReport.Of("GRU", report)],
            PerClass = ClassReport.PerClass(report),
        }))!;

        const string expected = """
            {"scenario":"S","seed":2,"models":[{"name":"GRU","test":{"accuracy":0.75,"macroF1":0.48888888888888893}}],
             "perClass":{"b":{"precision":1,"recall":0.5,"f1":0.6666666666666666,"support":2},
                         "a":{"precision":0.6666666666666666,"recall":1,"f1":0.8,"support":2},
                         "never":{"precision":0,"recall":0,"f1":0,"support":0}}}
            """;
        Assert.IsTrue(JsonNode.DeepEquals(JsonNode.Parse(expected), json), json.ToJsonString());
        Assert.AreSequenceEqual(["b", "a", "never"], json["perClass"]!.AsObject().Select(p => p.Key));
    }

    [TestMethod]
    public void A_number_that_is_not_finite_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();
        (ScenarioReport Report, string Name)[] cases =
        [
            (s_full with { OnnxMaxAbsDiff = double.NaN }, "onnxMaxAbsDiff"),
            (s_full with { Models = [new("GRU", new Dictionary<string, double> { ["r2"] = double.NegativeInfinity })] }, "models.GRU.test.r2"),
            (s_full with { PerClass = new Dictionary<string, ClassReport> { ["a"] = new(1, double.NaN, 1, 1) } }, "perClass.a.recall"),
        ];
        foreach (var (report, name) in cases)
        {
            var error = Assert.ThrowsExactly<InvalidOperationException>(() => report.Save(folder["report.json"]));
            StringAssert.Contains(error.Message, $"'{name}'");
        }

        Assert.IsEmpty(folder.Names);
    }

    [TestMethod]
    public void Numbers_are_read_back_exactly()
    {
        var value = Math.PI / 1e7;
        using var json = JsonDocument.Parse(Saved(s_full with { TrainSeconds = value }));

        Assert.AreEqual(value, json.RootElement.GetProperty("trainSeconds").GetDouble());
    }

    private static string Saved(ScenarioReport report)
    {
        using var folder = new TemporaryFolder();
        report.Save(folder["report.json"]);
        return File.ReadAllText(folder["report.json"]);
    }
}
