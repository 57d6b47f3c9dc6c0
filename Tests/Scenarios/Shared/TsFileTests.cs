using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class TsFileTests
{
    // Head of a multivariate file; lines of data are added, the first of which is line 8.
    private const string Head = """
        # a comment: with a colon
        @problemName Made up
        @timeStamps false
        @univariate false
        @dimensions 2
        @classLabel true up down
        @data

        """;

    [TestMethod]
    public void Dimensions_stand_beside_each_other_in_each_step()
    {
        var file = Read(Head + "1,2,3:10,20,30:up\n-0.5:5E1:down\n");

        Assert.AreEqual(2, file.Features);
        Assert.AreEqual("Made up", file.Header.ProblemName);
        Assert.AreSequenceEqual(["up", "down"], file.Header.Classes);
        Assert.AreSequenceEqual(["up", "down"], file.Examples.Select(e => e.Label));
        Assert.AreSequenceEqual([1, 10, 2, 20, 3, 30], file.Examples[0].Features);
        Assert.AreSequenceEqual([-0.5f, 50], file.Examples[1].Features);
    }

    [TestMethod]
    public void Tags_are_known_in_any_case_and_data_may_have_blanks_comments_and_empty_lines()
    {
        var file = Read("""
              @PROBLEMNAME X
            @TimeStamps FALSE
            @missing True

            @univariate TRUE
            @equallength true
            @SERIESLENGTH 2
            @classlabel True A b
            @Data

             1 , 2 : A 
            # in between
            3,?:b
            """);

        Assert.AreEqual(1, file.Features);
        Assert.AreEqual(2, file.Header.SeriesLength);
        Assert.AreSequenceEqual([1, 2], file.Examples[0].Features);
        Assert.AreSequenceEqual([3, float.NaN], file.Examples[1].Features);
        Assert.AreSequenceEqual(["A", "b"], file.Examples.Select(e => e.Label));
    }

    [TestMethod]
    public void A_header_need_not_say_more_than_the_classes()
    {
        var file = Read("@classLabel true a\n@data\n1:2:3:a\n");

        Assert.AreEqual(3, file.Features);
        Assert.IsNull(file.Header.Dimensions);
        Assert.IsFalse(file.Header.EqualLength);
    }

    [TestMethod]
    public void Missing_values_are_nan()
    {
        var file = Read(Head + "?,NaN,3:nan,5,6:up\n");

        Assert.AreSequenceEqual([float.NaN, float.NaN, float.NaN, 5, 3, 6], file.Examples[0].Features);
    }

    [TestMethod]
    public void As_ml_net_data_features_are_sequences_of_any_length()
    {
        var data = Read(Head + "1,2,3:10,20,30:up\n4:5:down\n").ToDataView(new MLContext(1));

        Assert.AreEqual("Vector<Single, *, 2>", data.Schema["Features"].Type.ToString());
        Assert.AreSequenceEqual([6, 2], data.GetColumn<float[]>("Features").Select(f => f.Length));
        Assert.AreSequenceEqual(["up", "down"], data.GetColumn<string>("Label"));
    }

    [TestMethod]
    public void Numbers_have_a_point_whatever_the_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new() { NumberDecimalSeparator = ",", NumberGroupSeparator = "." } };
        try
        {
            Assert.AreSequenceEqual([1.5f], Read("@classLabel true a\n@data\n1.5:a\n").Examples[0].Features);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [TestMethod]
    [DataRow("1,2:3,4", 8, "one of the header's classes (up, down) behind the last ':', found '3,4'")]
    [DataRow("1,2,3", 8, "expected values, ':' and a class, found no ':' in '1,2,3'")]
    [DataRow("1,2:3,4:left", 8, "expected one of the header's classes (up, down) behind the last ':', found 'left'")]
    [DataRow("1,2:3,4:UP", 8, "found 'UP'")]
    [DataRow("1,2:3,4:", 8, "found ''")]
    [DataRow("1,2:3,4:up\n1,2:up", 9, "expected 2 dimensions and a class, found 1")]
    [DataRow("1,2:3,4:5,6:up", 8, "expected 2 dimensions and a class, found 3")]
    [DataRow("1,2:3,4:up\n\n1,2:3,4,5:up", 10, "expected 2 values in dimension 2, as many as in the first, found 3")]
    [DataRow("1,2:3,x:up", 8, "expected a number, or '?' where it is missing, as value 2 of dimension 2, found 'x'")]
    [DataRow("1,,2:3,4,5:up", 8, "as value 2 of dimension 1, found nothing")]
    [DataRow("1,2,:3,4,5:up", 8, "as value 3 of dimension 1, found nothing")]
    [DataRow(":1:up", 8, "as value 1 of dimension 1, found nothing")]
    [DataRow("1:1e99:up", 8, "found '1e99'")]
    [DataRow("1:Infinity:up", 8, "found 'Infinity'")]
    [DataRow("1:1 000:up", 8, "found '1 000'")]
    [DataRow("(0,1),(1,2):(0,1),(1,2):up", 8, "found '(0,1),(1,2)': times with values are not supported")]
    [DataRow("", 7, "expected a sequence on each line behind '@data', found the end of the file")]
    public void A_malformed_sequence_is_named_by_its_line(string data, int line, string expected) =>
        Refuses(Head + data, line, expected);

    [TestMethod]
    [DataRow("", "1,2:a\n1,2,3:a", 6, "expected 2 values in each dimension, as '@equalLength true' says, found 3")]
    [DataRow("@seriesLength 3", "1,2:a", 5, "expected 3 values in each dimension, as '@equalLength true' says, found 2")]
    public void Sequences_said_to_be_of_equal_length_must_be(string tag, string data, int line, string expected) =>
        Refuses($"@equalLength true\n@classLabel true a\n{tag}\n@data\n{data}", line, expected);

    [TestMethod]
    [DataRow("1,2:a\n@data", 1, "expected '@' and a tag, or '#' and a comment, up to '@data', found '1,2:a'")]
    [DataRow("@classLabel true a", 1, "expected '@data' and a sequence on each line after it, found the end of the file")]
    [DataRow("", 0, "found the end of the file")]
    [DataRow("@problemName X\n@data\n1:a", 2, "expected '@classLabel true' and the classes before '@data', found no @classLabel")]
    [DataRow("@classLabel", 1, "expected true or false behind @classLabel, found nothing")]
    [DataRow("@classLabel yes a b", 1, "expected true or false behind @classLabel, found 'yes'")]
    [DataRow("@classLabel true", 1, "expected the classes behind '@classLabel true', found none")]
    [DataRow("@classLabel false", 1, "found 'false': sequences without a class")]
    [DataRow("@classLabel true a b a", 1, "expected different classes, found 'a' twice")]
    [DataRow("@targetLabel true", 1, "regression")]
    [DataRow("@timeStamps true", 1, "expected '@timeStamps false'")]
    [DataRow("@timeStamps maybe", 1, "expected true or false behind @timeStamps, found 'maybe'")]
    [DataRow("@missing", 1, "expected true or false behind @missing, found nothing")]
    [DataRow("\n@univariate true false", 2, "expected true or false behind @univariate, found 'true false'")]
    [DataRow("@dimensions 0", 1, "expected a whole number of at least 1 behind @dimensions, found '0'")]
    [DataRow("@dimensions two", 1, "found 'two'")]
    [DataRow("@seriesLength 2.5", 1, "expected a whole number of at least 1 behind @seriesLength, found '2.5'")]
    [DataRow("@univariate true\n@dimensions 2\n@classLabel true a\n@data", 4, "expected one dimension, as '@univariate true' says")]
    [DataRow("@dimensions 2\n@DIMENSIONS 2", 2, "expected each tag once, found a second @DIMENSIONS")]
    [DataRow("@clasLabel true a", 1, "expected one of @problemName, @timeStamps, @missing, @univariate")]
    public void A_malformed_header_is_named_by_its_line(string text, int line, string expected) => Refuses(text, line, expected);

    [TestMethod]
    public void A_missing_file_is_named() =>
        Fails.With<FileNotFoundException>(() => TsFile.Read("nowhere.ts"), "There is no data file 'nowhere.ts'");

    [TestMethod]
    public void Long_text_of_the_file_is_not_repeated_whole() =>
        Fails.With<FormatException>(() => Read($"@classLabel true a\n@data\n{new string('x', 5000)}:a"), $"'{new string('x', 40)}…' (5000 characters)");

    private static void Refuses(string text, int line, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["bad.ts"], text);

        Fails.With<FormatException>(() => TsFile.Read(folder["bad.ts"]), $"{folder["bad.ts"]}, line {line}: expected ", expected);
    }

    private static TsFile Read(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.ts"], text);
        return TsFile.Read(folder["data.ts"]);
    }
}
