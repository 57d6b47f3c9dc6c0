using System.Globalization;
using System.Text.Json;

namespace MlNetRnn.Tests.Scenarios;

/// <summary>The program as a user runs it.</summary>
[TestClass]
public sealed class ForecastingTests
{
    private const string Name = "Forecasting";

    private static readonly string[] s_files =
    [
        "error-by-step.png", "fan.png", "forecasts.csv", "forecasts.png", "history.png", "model.onnx", "model.zip", "report.html", "report.json", "residuals.png",
    ];

    [TestMethod, TestCategory("Long")]
    public void Without_arguments_it_beats_the_seasonal_naive_forecast_of_both_shipped_series()
    {
        using var folder = new TemporaryFolder();

        var run = Run(folder);

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        string output = Path.Combine("out", Name);
        Assert.AreSequenceEqual(s_files.Concat(["backtest-1.png", "backtest-2.png"]).Order(), Directory.EnumerateFiles(folder[output]).Select(f => Path.GetFileName(f)!).Order());
        var report = Report(folder, output);
        Assert.IsLessThan(1e-4, report.GetProperty("onnxMaxAbsDiff").GetDouble());
        foreach (string series in new[] { "Sunspots", "Air passengers" })
        {
            // the table at the end: MASE by series  GRU ensemble  Drift  MovingAverage  Naive  SeasonalNaive  Theta
            string[] cells = run.Output.Split('\n').Last(line => line.StartsWith(series, StringComparison.Ordinal))[series.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            double model = Number(cells[0]), seasonal = Number(cells[4]);
            Assert.IsLessThan(seasonal, model, series);
        }
    }

    [TestMethod]
    public void Series_of_two_files_are_forecast_and_a_saved_model_forecasts_alike()
    {
        using var folder = new TemporaryFolder();
        WriteSeries(folder["train.csv"], folder["test.csv"], series: 6, values: 60, horizon: 4);

        var trained = Run(folder, "--train", "train.csv", "--test", "test.csv", "--frequency", "quarterly", "--out", "a", "--epochs", "20", "--folds", "0");

        Assert.AreEqual((0, ""), (trained.ExitCode, trained.Error));
        Assert.AreSequenceEqual(s_files, Directory.EnumerateFiles(folder["a"]).Select(f => Path.GetFileName(f)!).Order());
        var report = Report(folder, "a");
        var metrics = report.GetProperty("models")[0].GetProperty("test");
        foreach (string metric in new[] { "smape", "mase", "owa", "wql", "msis", "coverage" })
            Assert.IsTrue(double.IsFinite(metrics.GetProperty(metric).GetDouble()), metric);
        Assert.IsLessThan(report.GetProperty("baselines").GetProperty("naive").GetProperty("mase").GetDouble(), metrics.GetProperty("mase").GetDouble());
        Assert.Contains("By mase,", trained.Output);
        Assert.HasCount(1 + (6 * 4), File.ReadAllLines(folder["a/forecasts.csv"]));

        var scored = Run(folder, "--train", "train.csv", "--test", "test.csv", "--frequency", "quarterly", "--out", "b", "--model", "a/model.zip");

        Assert.AreEqual((0, ""), (scored.ExitCode, scored.Error));
        Assert.AreEqual(metrics.GetProperty("mase").GetDouble(), Report(folder, "b").GetProperty("models")[0].GetProperty("test").GetProperty("mase").GetDouble(), 1e-9);
    }

    [TestMethod]
    public void Columns_of_a_wide_table_are_forecast_from_every_row_of_the_test_part()
    {
        using var folder = new TemporaryFolder();
        var start = new DateTime(2024, 1, 1);
        File.WriteAllLines(folder["wide.csv"],
        [
            "date,A,B", .. Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"{start.AddDays(i):yyyy-MM-dd},{Math.Sin(i)},{i % 5}")),
        ]);

        var run = Run(folder, "--data", "wide.csv", "--horizon", "3", "--out", "a", "--epochs", "3");

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        var report = Report(folder, "a");
        Assert.IsTrue(double.IsFinite(report.GetProperty("models")[0].GetProperty("test").GetProperty("mse").GetDouble()));
        Assert.IsGreaterThan(0.5, report.GetProperty("baselines").GetProperty("naive").GetProperty("mse").GetDouble());
        Assert.Contains("240 train, 80 validate, 80 test", run.Output);
    }

    [TestMethod]
    public void Mistakes_are_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["long.csv"], "id,time,value\na,2024-01-01,1\na,2024-01-02,2\na,2024-01-03,3\n");
        (string[] Arguments, string[] Parts)[] mistakes =
        [
            (["--train", "gone.csv"], ["--train and --test go together"]),
            (["--train", "gone.csv", "--test", "gone.csv"], ["needs --frequency"]),
            (["--train", "gone.csv", "--test", "gone.csv", "--frequency", "hourly"], ["no file", "gone.csv"]),
            (["--data", "gone.csv"], ["no data file"]),
            (["--data", "a.csv", "--long", "b.csv"], ["Give one of"]),
            (["--long", "long.csv", "--id", "name"], ["'name'", "'id'"]),
            (["--long", "long.csv", "--horizon", "9"], ["horizon is 9", "3 values"]),
            (["--horizon", "0"], ["at least 1"]),
            (["--data", "a.csv", "--split", "1,2"], ["three numbers"]),
            (["--model", "long.csv"], ["model.zip"]),
        ];
        foreach (var (arguments, parts) in mistakes)
            Run(folder, arguments).FailedInOneLine(parts);
    }

    // Waves of a season of 4 on slopes.
    private static void WriteSeries(string train, string test, int series, int values, int horizon)
    {
        string Line(int s, int from, int to) => string.Join(',', new[] { $"S{s}" }.Concat(Enumerable.Range(from, to - from).Select(i =>
            (100 + (s * i * 0.1) + (10 * Math.Sin(Math.PI * i / 2))).ToString(CultureInfo.InvariantCulture))));
        File.WriteAllLines(train, ["id,values", .. Enumerable.Range(1, series).Select(s => Line(s, 0, values))]);
        File.WriteAllLines(test, ["id,values", .. Enumerable.Range(1, series).Select(s => Line(s, values, values + horizon))]);
    }

    private static ScenarioProgram.Result Run(TemporaryFolder folder, params string[] arguments) => ScenarioProgram.Run(Name, folder.Path, arguments);

    private static JsonElement Report(TemporaryFolder folder, string output) =>
        JsonDocument.Parse(File.ReadAllText(folder[Path.Combine(output, "report.json")])).RootElement;

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
