using MlNetRnn.Scenarios;
using SkiaSharp;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class ConfusionPlotTests
{
    private static readonly SKColor s_full = new(0x08, 0x30, 0x6B);

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(2, false)]
    [DataRow(10, false)]
    [DataRow(26, true)]
    [DataRow(50, true)]
    [DataRow(60, true)]
    [DataRow(400, true)]
    public void Every_class_has_its_row_and_column_and_nothing_reaches_the_edge(int classes, bool longNames)
    {
        var layout = Layout(classes, longNames);
        using var picture = Drawn(Diagonal(classes, longNames), "Title");

        // The diagonal is dark from the top left to the bottom right.
        for (var i = 0; i < classes; i += Math.Max(1, classes / 7))
        {
            Assert.AreEqual(s_full, Cell(picture, layout, i, i), $"{i}");
            if (classes > 1)
                Assert.AreEqual(SKColors.White, Cell(picture, layout, i, (i + 1) % classes), $"{i}");
        }
        for (var y = 0; y < picture.Height; y++)
            Assert.IsTrue(picture.GetPixel(0, y) == SKColors.White && picture.GetPixel(picture.Width - 1, y) == SKColors.White, $"{y}");
        for (var x = 0; x < picture.Width; x++)
            Assert.AreEqual(SKColors.White, picture.GetPixel(x, picture.Height - 1), $"{x}");
    }

    [TestMethod]
    public void Rows_are_true_columns_predicted_and_shaded_by_the_share_of_the_row()
    {
        // a: 1 a, 3 b; b: 4 b.
        var layout = Layout(2, false);
        using var picture = Drawn(ClassificationReport.Create(["a", "b"], [[1, 3], [0, 4]], [4, 4], 0), "");

        Assert.AreEqual(SKColors.White, Cell(picture, layout, 1, 0));
        Assert.AreEqual(s_full, Cell(picture, layout, 1, 1));
        var (quarter, threeQuarters) = (Cell(picture, layout, 0, 0), Cell(picture, layout, 0, 1));
        Assert.IsTrue(quarter.Red is > 0x80 and < 0xFF && threeQuarters.Red is > 0x08 and < 0x80, $"{quarter} {threeQuarters}");
    }

    [TestMethod]
    public void Up_to_50_classes_cells_have_counts()
    {
        foreach (var classes in new[] { 2, 50, 51 })
        {
            var layout = Layout(classes, false);
            using var picture = Drawn(Diagonal(classes, false), "");
            var (left, top, side) = Corner(layout, 1, 1);
            var light = Enumerable.Range(left + 3, (int)side - 6)
                .Sum(x => Enumerable.Range(top + 3, (int)side - 6).Count(y => picture.GetPixel(x, y).Red > 0x90));
            Assert.AreEqual(classes <= 50, layout.HasCounts);
            Assert.AreEqual(classes <= 50, light > 10, $"{classes}: {light}");
        }
    }

    [TestMethod]
    public void Counts_of_many_digits_fit_their_cells_and_can_be_read()
    {
        foreach (var classes in new[] { 2, 10, 26, 50 })
        {
            var layout = new ConfusionLayout(Names(classes, false), Names(classes, false), ["0", "12345678"]);
            using var font = new SKFont(PlotFont.Typeface, layout.CountSize);
            Assert.IsLessThan(layout.Cell, font.MeasureText("12345678"));
            Assert.IsGreaterThanOrEqualTo(9f, layout.CountSize);
        }
    }

    [TestMethod]
    public void Rows_without_a_prediction_are_a_column_of_their_own()
    {
        using var picture = Drawn(ClassificationReport.Create(["a", "b"], [[4, 0], [0, 0]], [4, 4], 0), "");
        var layout = new ConfusionLayout(["a", "b"], ["a", "b", "(none)"], ["4"]);

        Assert.AreEqual(s_full, Cell(picture, layout, 0, 0));
        Assert.AreEqual(SKColors.White, Cell(picture, layout, 1, 1));
        Assert.AreEqual(s_full, Cell(picture, layout, 1, 2));
    }

    [TestMethod]
    public void Long_names_are_shortened_in_the_middle_and_stay_different()
    {
        string[] names = ["short", "a very long name of a class that ends in one", "a very long name of a class that ends in two",
            $"x{new string('y', 50)}1{new string('z', 50)}", $"x{new string('y', 50)}2{new string('z', 50)}", "two\nlines"];
        var layout = new ConfusionLayout(names, names, []);

        Assert.AreEqual("short", layout.RowNames[0]);
        Assert.AreEqual("a very long nam…at ends in one", layout.RowNames[1]);
        Assert.StartsWith("4: xyyyy", layout.RowNames[3]);
        Assert.AreEqual("two lines", layout.RowNames[5]);
        Assert.HasCount(names.Length, layout.RowNames.Distinct().ToArray());
        Assert.IsLessThanOrEqualTo(30, layout.RowNames.Max(name => name.Length));
        Assert.IsTrue(layout.IsUpright);
        Assert.IsFalse(Layout(10, false).IsUpright);
    }

    [TestMethod]
    public void The_title_below_upright_names_does_not_cover_them()
    {
        var layout = Layout(26, true);
        using var picture = Drawn(Diagonal(26, true), "");
        var below = Picture.TitleHeight + (int)(ConfusionLayout.Top + (26 * layout.Cell));
        // From the bottom: the title, a gap, then the names up to the matrix.
        var ink = Enumerable.Range(below, picture.Height - below).Reverse()
            .Select(y => Enumerable.Range(0, picture.Width).Any(x => picture.GetPixel(x, y) != SKColors.White)).ToArray();
        var title = ink.SkipWhile(line => !line).TakeWhile(line => line).Count();
        var gap = ink.SkipWhile(line => !line).SkipWhile(line => line).TakeWhile(line => !line).Count();
        Assert.IsTrue(title is > 5 and < 20 && gap is > 1 and < 20, $"{title} {gap}");
    }

    private static string[] Names(int classes, bool longNames)
        => [.. Enumerable.Range(0, classes).Select(i => longNames ? $"a long name of class number {i}" : $"{i}")];

    private static ConfusionLayout Layout(int classes, bool longNames) => new(Names(classes, longNames), Names(classes, longNames), ["0", "77"]);

    private static ClassificationReport Diagonal(int classes, bool longNames) => ClassificationReport.Create(Names(classes, longNames),
        [.. Enumerable.Range(0, classes).Select(i => Enumerable.Range(0, classes).Select(j => i == j ? 77L : 0).ToArray())
            .Select(System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray)],
        [.. Enumerable.Repeat(77L, classes)], 0);

    private static SKBitmap Drawn(ClassificationReport report, string title)
    {
        using var folder = new TemporaryFolder();
        ConfusionPlot.Save(folder["confusion.png"], report, title);
        Assert.AreSequenceEqual(["confusion.png"], folder.Names);
        return SKBitmap.Decode(folder["confusion.png"]);
    }

    private static (int Left, int Top, double Side) Corner(ConfusionLayout layout, int row, int column) => (
        (int)Math.Ceiling(Picture.Margin + layout.Left + (column * layout.Cell)),
        (int)Math.Ceiling(Picture.TitleHeight + ConfusionLayout.Top + (row * layout.Cell)),
        layout.Cell);

    // Beside the count, which is in the middle.
    private static SKColor Cell(SKBitmap picture, ConfusionLayout layout, int row, int column)
    {
        var (left, top, side) = Corner(layout, row, column);
        return picture.GetPixel(left + (int)(side / 2), top + (int)(side * (layout.HasCounts ? 0.12 : 0.5)));
    }
}
