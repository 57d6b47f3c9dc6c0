using System.Xml.Linq;
using MlNetRnn.Scenarios;
using SkiaSharp;

namespace MlNetRnn.Tests.Scenarios.Forecasts;

/// <summary>Pictures of forecasts, the page that holds them, and the table.</summary>
[TestClass]
public sealed class ForecastPictureTests
{
    [TestMethod]
    public void Pictures_are_drawn_of_any_forecast()
    {
        using var folder = new TemporaryFolder();
        SeriesForecast[] odd =
        [
            Forecast("usual", 12), Forecast("one step", 1), Forecast("constant", 5, size: 0), Forecast("huge", 5, level: 1e30f),
            Forecast("missing", 5) with { Forecast = [float.NaN, 1, 2, 3, 4], Actual = [1, float.NaN, 2, 3, float.NaN] },
            Forecast("point", 5) with { Lower = null, Upper = null, Quantiles = null, Levels = [], Actual = null },
            Forecast("a name that is far too long for the head of a small picture", 3) with { History = [1] },
        ];
        foreach (var forecast in odd)
        {
            FanChart.Save(folder["fan.png"], forecast, forecast.Id);
            AssertDrawn(folder["fan.png"], 1400, 600);
            BacktestFolds.Save(folder["folds.png"], [forecast], forecast.Id);
            AssertDrawn(folder["folds.png"], 1400, 600);
        }
        ForecastGrid.Save(folder["grid.png"], odd, "Odd ones");
        AssertDrawn(folder["grid.png"], 1400, null);
        ForecastGrid.Save(folder["many.png"], [.. Enumerable.Range(0, 400).Select(i => Forecast($"S{i}", 4))], "Many");
        AssertDrawn(folder["many.png"], 1400, null);
        ErrorByStep.Save(folder["steps.png"], [("model", [1, 2, 3]), ("naive", [2, double.NaN, 4])], "Error", "Errors");
        AssertDrawn(folder["steps.png"], 1400, 600);
        ResidualAutocorrelation.Save(folder["acf.png"], [[.. Enumerable.Range(0, 50).Select(i => Math.Sin(i))], [double.NaN, 1, 2]], "Residuals");
        AssertDrawn(folder["acf.png"], 1400, 500);
    }

    [TestMethod]
    public void The_autocorrelation_of_a_wave_is_a_wave_and_of_noise_none()
    {
        double[] wave = ResidualAutocorrelation.Of([[.. Enumerable.Range(0, 4000).Select(i => Math.Sin(2 * Math.PI * i / 10))]], out int count);
        Assert.AreEqual(4000, count);
        for (int lag = 1; lag <= 20; lag++)
            Assert.AreEqual(Math.Cos(2 * Math.PI * lag / 10), wave[lag - 1], 0.01, $"lag {lag}");
        var random = new Random(1);
        double[] noise = ResidualAutocorrelation.Of([[.. Enumerable.Range(0, 4000).Select(_ => random.NextDouble())]], out _);
        Assert.IsLessThan(0.07, noise.Max(Math.Abs));
    }

    [TestMethod]
    public void Nothing_to_draw_is_an_error()
    {
        using var folder = new TemporaryFolder();

        Fails.With<ArgumentException>(() => ForecastGrid.Save(folder["a.png"], [], "None"), "no series");
        Fails.With<ArgumentException>(() => BacktestFolds.Save(folder["a.png"], [], "None"), "no folds");
        Fails.With<ArgumentException>(() => ErrorByStep.Save(folder["a.png"], [], "Error", "None"), "no errors");
        Fails.With<ArgumentException>(() => ResidualAutocorrelation.Save(folder["a.png"], [[1]], "None"), "1 errors");
    }

    [TestMethod]
    public void The_page_is_one_file_and_says_what_it_was_given()
    {
        using var folder = new TemporaryFolder();
        FanChart.Save(folder["fan.png"], Forecast("a", 3), "A");
        new HtmlReport("<script> & \"quotes\"").Heading("H").Paragraph("1 < 2").Table("T", ["method", "mase"], [["naive", "2"], ["<b>model", "1"]], (row, column) => (row, column) == (1, 1))
            .Picture(folder["fan.png"], "A \"fan\"").Save(folder["report.html"]);

        string text = File.ReadAllText(folder["report.html"]);
        var page = XDocument.Parse(text.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)); // well-formed

        Assert.DoesNotContain("<script", text);
        Assert.DoesNotContain("http", text);
        Assert.AreEqual("<script> & \"quotes\"", page.Descendants("h1").Single().Value);
        Assert.AreEqual("1", page.Descendants("td").Single(td => td.Attribute("class")?.Value == "best").Value);
        string image = page.Descendants("img").Single().Attribute("src")!.Value;
        CollectionAssert.AreEqual(File.ReadAllBytes(folder["fan.png"]), Convert.FromBase64String(image["data:image/png;base64,".Length..]));
        Fails.With<ArgumentException>(() => new HtmlReport("T").Table("T", ["a"], [["1", "2"]]), "2 cells for 1 headers");
    }

    [TestMethod]
    public void The_table_has_a_row_for_each_step()
    {
        using var folder = new TemporaryFolder();
        var timed = Forecast("a \"b\", c", 2) with
        {
            Forecast = [1.5f, 2],
            Actual = [1, float.NaN],
            Lower = [0, 1],
            Upper = [3, 4],
            Times = [new(2024, 1, 1), new(2024, 2, 1)],
        };

        ForecastsCsv.Save(folder["a.csv"], [timed]);
        ForecastsCsv.Save(folder["b.csv"], [timed with { Id = "x", Times = null, Actual = null, Lower = null, Upper = null }]);

        Assert.AreEqual(
            "id,time,step,actual,forecast,lower,upper\n\"a \"\"b\"\", c\",2024-01-01 00:00:00,1,1,1.5,0,3\n\"a \"\"b\"\", c\",2024-02-01 00:00:00,2,,2,1,4\n",
            File.ReadAllText(folder["a.csv"]));
        Assert.AreEqual("id,step,actual,forecast,lower,upper\nx,1,,1.5,,\nx,2,,2,,\n", File.ReadAllText(folder["b.csv"]));
    }

    private static SeriesForecast Forecast(string id, int horizon, float level = 10, float size = 1)
    {
        float[] Values(int count, float from) => [.. Enumerable.Range(0, count).Select(i => from + (size * MathF.Sin(i)))];
        return new(id, Values(40, level), Values(horizon, level))
        {
            Actual = Values(horizon, level + size),
            Lower = Values(horizon, level - (2 * size)),
            Upper = Values(horizon, level + (2 * size)),
            Levels = [0.1, 0.5, 0.9],
            Quantiles = [.. Enumerable.Range(0, horizon).SelectMany(k => new[] { -1, 0, 1 }.Select(q => level + (q * size)))],
        };
    }

    private static void AssertDrawn(string path, int width, int? height)
    {
        using var picture = SKBitmap.Decode(path);
        Assert.AreEqual(width, picture.Width);
        if (height is { } expected)
            Assert.AreEqual(expected, picture.Height);
        Assert.IsGreaterThan(10, picture.Pixels.Distinct().Count());
    }
}
