using MlNetRnn.Scenarios;
using SkiaSharp;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class PlotTests
{
    [TestMethod]
    public void Text_is_drawn_with_the_embedded_font()
    {
        using var resource = typeof(HistoryPlot).Assembly.GetManifestResourceStream(PlotFont.ResourceName)!;
        _ = PlotFont.Typeface;

        // The resolver answers for every weight, so that bold text is not taken from the machine.
        foreach (var bold in new[] { false, true })
        {
            using var used = ScottPlot.Fonts.GetTypeface(ScottPlot.Fonts.Default, bold, italic: false).OpenStream();
            Assert.AreEqual(resource.Length, used.Length);
        }

        Assert.IsTrue(PlotFont.Typeface.ContainsGlyphs("Äé²±°Ω–…"));
    }

    [TestMethod]
    public void The_fonts_licence_travels_with_it()
    {
        using var licence = typeof(HistoryPlot).Assembly.GetManifestResourceStream("LICENSE-DejaVu.txt");

        Assert.IsNotNull(licence);
    }

    [TestMethod]
    public void A_title_puts_ink_above_the_panels_and_is_not_clipped()
    {
        using var folder = new TemporaryFolder();
        using var without = History(folder, [Epoch(1), Epoch(2)], "");
        using var with = History(folder, [Epoch(1), Epoch(2)], "Training history");
        using var veryLong = History(folder, [Epoch(1), Epoch(2)], new string('W', 300));

        Assert.AreEqual(0, Ink(without, 0, 40));
        Assert.IsGreaterThan(100, Ink(with, 0, 40));
        Assert.IsGreaterThan(100, Ink(veryLong, 0, 40));
        Assert.AreEqual(SKColors.White, veryLong.GetPixel(2, 28));
        Assert.AreEqual(SKColors.White, veryLong.GetPixel(veryLong.Width - 3, 28));
    }

    [TestMethod]
    public void The_history_has_two_panels_with_training_and_validation()
    {
        using var folder = new TemporaryFolder();
        using var picture = History(folder, [.. Enumerable.Range(1, 20).Select(Epoch)], "History");

        Assert.AreEqual((1400, 600), (picture.Width, picture.Height));
        foreach (var left in new[] { 0, 700 })
        {
            Assert.IsGreaterThan(200, Count(picture, left, left + 700, new SKColor(0x00, 0x72, 0xB2)), "training");
            Assert.IsGreaterThan(200, Count(picture, left, left + 700, new SKColor(0xD5, 0x5E, 0x00)), "validation");
        }
    }

    [TestMethod]
    public void Learning_rate_drops_are_marked()
    {
        using var folder = new TemporaryFolder();
        var constant = Enumerable.Range(1, 20).Select(Epoch).ToList();
        using var before = History(folder, constant, "");
        using var after = History(folder, [.. constant.Select(e => e with { LearningRate = e.Epoch > 10 ? 2e-4 : 1e-3 })], "");

        Assert.IsGreaterThan(Grey(before) + 200, Grey(after));
    }

    [TestMethod]
    public void A_history_without_validation_of_one_epoch_or_with_a_loss_that_is_not_finite_is_drawn()
    {
        using var folder = new TemporaryFolder();
        var bare = Epoch(1) with { ValidationLoss = null, ValidationMeanAbsoluteError = null };
        var diverged = Epoch(2) with { TrainingLoss = double.NaN, ValidationLoss = double.PositiveInfinity };
        using var one = History(folder, [bare], "One");
        using var two = History(folder, [Epoch(1), diverged], "Two");

        Assert.IsGreaterThan(1000, Ink(one, 40, 600));
        Assert.IsGreaterThan(1000, Ink(two, 40, 600));
    }

    [TestMethod]
    public void An_empty_history_is_refused_and_leaves_no_file()
    {
        using var folder = new TemporaryFolder();

        Assert.ThrowsExactly<ArgumentException>(() => HistoryPlot.Save(folder["history.png"], [], "None"));

        Assert.IsEmpty(folder.Names);
    }

    [TestMethod]
    public void Predictions_are_drawn_over_the_actual_values()
    {
        using var folder = new TemporaryFolder();
        double[] x = [.. Enumerable.Range(0, 100)];
        // The last row's future is unknown, as in any windowed series.
        double[] actual = [.. x.Select(v => Math.Sin(v / 5)).Take(99), double.NaN];
        PredictionPlot.Save(folder["p.png"], "Sine", "Step", "Value", x, actual,
            [("Model", [.. x.Select(v => Math.Cos(v / 5))], false), ("Persistence", [.. x.Select(v => Math.Sin((v - 5) / 5))], true)]);
        using var picture = SKBitmap.Decode(folder["p.png"]);

        Assert.AreEqual((1400, 600), (picture.Width, picture.Height));
        Assert.IsGreaterThan(500, Count(picture, 0, 1400, new SKColor(0x22, 0x22, 0x22)), "actual");
        Assert.IsGreaterThan(500, Count(picture, 0, 1400, new SKColor(0xD5, 0x5E, 0x00)), "model");
        Assert.IsGreaterThan(500, Count(picture, 0, 1400, new SKColor(0xCE, 0xCE, 0xCE)), "persistence");
    }

    [TestMethod]
    public void Predictions_of_another_length_are_refused_by_name()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.ThrowsExactly<ArgumentException>(
            () => PredictionPlot.Save(folder["p.png"], "", "", "", [1, 2], [1, 2], [("GRU", [1], false)]));

        StringAssert.Contains(error.Message, "'GRU' has 1 predictions for 2 rows");
    }

    private static EpochMetrics Epoch(int epoch) =>
        new(epoch, 1.0 / epoch, 0.8 / epoch, (1.1 / epoch) + (0.01 * epoch), (0.9 / epoch) + (0.01 * epoch), 1e-3, 1.5);

    private static SKBitmap History(TemporaryFolder folder, IReadOnlyList<EpochMetrics> history, string title)
    {
        HistoryPlot.Save(folder["history.png"], history, title);
        Assert.AreSequenceEqual(["history.png"], folder.Names);
        return SKBitmap.Decode(folder["history.png"]);
    }

    private static int Ink(SKBitmap picture, int top, int bottom) =>
        picture.Pixels.Skip(top * picture.Width).Take((bottom - top) * picture.Width).Count(p => p != SKColors.White);

    // Within the axes of the left panel: darker than the grid, lighter than a curve.
    private static int Grey(SKBitmap picture) =>
        picture.Pixels.Where((p, i) => i % picture.Width is > 90 and < 660 && i / picture.Width is > 70 and < 430)
            .Count(p => p.Red == p.Green && p.Green == p.Blue && p.Red is > 0x90 and < 0xE0);

    private static int Count(SKBitmap picture, int left, int right, SKColor color) =>
        picture.Pixels.Where((p, i) => i % picture.Width >= left && i % picture.Width < right && p == color).Count();
}
