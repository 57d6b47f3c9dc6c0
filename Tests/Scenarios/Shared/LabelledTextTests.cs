using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class LabelledTextTests
{
    [TestMethod]
    public void Texts_are_read_as_they_stand()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.tsv"], "good\t\"quoted, it's fine\n\nbad\tgrüße, // no comment #\r\nvery good\t  5:3 a\\tb\n");

        var data = LabelledTextFile.Load(new MLContext(1), folder["data.tsv"]);

        Assert.AreSequenceEqual(["good", "bad", "very good"], data.GetColumn<string>("Label"));
        Assert.AreSequenceEqual(["\"quoted, it's fine", "grüße, // no comment #", "5:3 a\\tb"], data.GetColumn<string>("Text").Select(t => t.Trim()));
    }

    [TestMethod]
    [DataRow("a\tb\nno tab", 2, "expected a class, a tab and a text, found no tab in 'no tab'")]
    [DataRow("a\tb\n\na\tb\tc", 3, "found 2 tabs")]
    [DataRow("\ttext", 1, "expected a class before the tab, found nothing")]
    [DataRow("a\t ", 1, "expected a text behind the tab, found nothing")]
    [DataRow("a\tb\n//c\td", 2, "begins neither with '//' nor")]
    [DataRow("#a\tb", 1, "begins neither with '//' nor")]
    [DataRow("\n", 1, "expected a class, a tab and a text on each line, found no line")]
    [DataRow("", 0, "found no line")]
    public void A_malformed_line_is_named(string text, int line, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = folder["bad.tsv"];
        File.WriteAllText(path, text);

        Fails.With<FormatException>(() => LabelledTextFile.Load(new MLContext(1), path), $"{path}, line {line}: expected ", expected);
    }

    [TestMethod]
    public void Another_encoding_than_utf8_is_named_by_its_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["latin1.tsv"], [.. "a\tb\n"u8, .. "a\tgr"u8, 0xFC, 0xDF, .. "e\n"u8]);

        Fails.With<FormatException>(() => LabelledTextFile.Load(new MLContext(1), folder["latin1.tsv"]), "line 2: expected text in UTF-8");
    }

    [TestMethod]
    public void A_missing_file_is_named() =>
        Fails.With<FileNotFoundException>(() => LabelledTextFile.Load(new MLContext(1), "nowhere.tsv"), "There is no data file 'nowhere.tsv'");
}
