using MlNetRnn.Scenarios.Forecasting;

namespace MlNetRnn.Tests.Scenarios.Forecasts;

/// <summary>The files that series are read from.</summary>
[TestClass]
public sealed class ForecastFileTests
{
    [TestMethod]
    public void Files_of_the_m4_competition_are_read()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["train.csv"], "\"V1\",\"V2\",\"V3\",\"V4\"\n\"H1\",\"1\",\"2.5\",\"\"\nH2,3,,-4e1\n");
        File.WriteAllText(folder["test.csv"], "\"V1\",\"V2\"\nH2,9\nH1,8\n");

        var data = M4File.ReadPair(folder["train.csv"], folder["test.csv"], Frequency.Named("hourly"));

        Assert.AreSequenceEqual(new[] { "H1", "H2" }, data.Training.Select(s => s.Id));
        CollectionAssert.AreEqual(new[] { 1, 2.5f }, data.Training[0].Values); // empty cells behind the last value are none
        CollectionAssert.AreEqual(new[] { 3, -18.5f, -40 }, data.Training[1].Values); // one between is filled
        Assert.AreEqual((1, 24), (data.Horizon, data.Season));
        CollectionAssert.AreEqual(new[] { 8f }, data.Actual[0]);
    }

    [TestMethod]
    [DataRow("id,a\nH1,1\nH1,2\n", "line 3", "'H1' again")]
    [DataRow("id,a\nH1,x\n", "line 2", "a number in column 2 of series 'H1'", "'x'")]
    [DataRow("id,a\nH1,,\n", "line 2", "values of series 'H1'", "none")]
    [DataRow("id,a\n", "header alone")]
    [DataRow("", "is empty")]
    public void A_file_that_is_not_such_a_one_is_refused_by_its_line(string text, params string[] parts)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.csv"], text);

        Fails.With<FormatException>(() => M4File.Read(folder["a.csv"]), parts);
    }

    [TestMethod]
    [DataRow("id,a\nH1,1\n", "id,a\nH2,1\n", "'H1'", "is not in")]
    [DataRow("id,a\nH1,1\n", "id,a\nH1,1\nH2,1\n", "'H2'", "is not in")]
    [DataRow("id,a\nH1,1\nH2,1\n", "id,a,b\nH1,1,2\nH2,1\n", "'H2'", "1 values, others 2")]
    public void Files_that_do_not_go_together_are_refused(string train, string test, params string[] parts)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["train.csv"], train);
        File.WriteAllText(folder["test.csv"], test);

        Fails.With<FormatException>(() => M4File.ReadPair(folder["train.csv"], folder["test.csv"], Frequency.Monthly), parts);
    }

    [TestMethod]
    public void Long_tables_are_sorted_and_their_gaps_are_missing_values()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["long.csv"], "when,what,much\n2024-01-04,a,4\n2024-01-01,a,1\n2024-01-01,\"b, c\",NaN\n2024-01-02,a,2\n2024-01-06,a,\n2024-01-07,a,7\n");

        var series = LongFile.Read(folder["long.csv"], "what", "when", "much");

        Assert.AreSequenceEqual(new[] { "a", "b, c" }, series.Select(s => s.Id));
        CollectionAssert.AreEqual(new float[] { 1, 2, float.NaN, 4, float.NaN, float.NaN, 7 }, series[0].Values); // the 3rd and the 5th have no row, the 6th no value
        Assert.AreEqual(new DateTime(2024, 1, 5), series[0].Times![4]);
        CollectionAssert.AreEqual(new[] { float.NaN }, series[1].Values);
    }

    [TestMethod]
    public void What_trains_is_filled_and_what_measures_is_not()
    {
        const float NaN = float.NaN;
        var data = ForecastData.HoldOut("Test", Frequency.Monthly, 3, [new("a", [NaN, 1, NaN, 3, NaN, 5, NaN, 7])]);

        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 3 }, data.Training[0].Values); // the last one is not half of what is to be forecast
        CollectionAssert.AreEqual(new[] { 5, NaN, 7 }, data.Actual[0]);
        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 3, 5, 5, 7 }, data.Whole().Single().Values);
    }

    [TestMethod]
    [DataRow("id,time,value\na,2024-01-01,1\na,2024-01-01,2\n", "twice", "rows 1 and 2")]
    [DataRow("id,time,value\na,soon,1\n", "Row 1", "'soon'")]
    [DataRow("id,time,value\na,2024-01-01,much\n", "Row 1", "'much'")]
    [DataRow("id,time,value\n", "header alone")]
    public void Long_tables_that_make_no_sense_are_refused_by_their_rows(string text, params string[] parts)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["long.csv"], text);

        Fails.With<FormatException>(() => LongFile.Read(folder["long.csv"], "id", "time", "value"), parts);
    }

    [TestMethod]
    public void Wide_tables_are_split_and_standardised_by_their_training_part()
    {
        using var folder = new TemporaryFolder();
        var start = new DateTime(2024, 1, 1);
        File.WriteAllLines(folder["wide.csv"], ["date,A,B,C", .. Enumerable.Range(0, 100).Select(i => $"{start.AddHours(i):yyyy-MM-dd HH:mm:ss},{i},{5},{i % 7}")]);

        var table = WideTable.Read(folder["wide.csv"], ["C", "A", "B"], 4, [], null);

        Assert.AreEqual((60, 20, 100, "hourly"), (table.Training, table.Validation, table.Rows, table.Frequency.Name));
        Assert.AreSequenceEqual(new[] { "C", "A", "B" }, table.Columns.Select(c => c.Id));
        Assert.AreEqual(0, table.Columns[1].Values[..60].Average(), 1e-5);
        Assert.AreEqual(1, table.Columns[1].Values[..60].Average(v => v * v), 1e-4);
        Assert.IsTrue(table.Columns[2].Values.All(v => v == 0)); // constant
        Fails.With<ArgumentException>(() => WideTable.Read(folder["wide.csv"], ["D"], 4, [], null), "'D'");
        Fails.With<ArgumentException>(() => WideTable.Read(folder["wide.csv"], [], 24, [], null), "horizon is 24", "20 rows");
        Fails.With<ArgumentException>(() => WideTable.Read(folder["wide.csv"], [], 4, [90, 10, 10], null), "110 rows");
    }

    [TestMethod]
    public void The_electricity_transformer_split_is_12_4_and_4_months()
    {
        using var folder = new TemporaryFolder();
        var start = new DateTime(2016, 7, 1);
        File.WriteAllLines(folder["ett.csv"], ["date,OT", .. Enumerable.Range(0, 17420).Select(i => $"{start.AddHours(i):yyyy-MM-dd HH:mm:ss},{i % 24}")]);

        var table = WideTable.Read(folder["ett.csv"], [], 96, [], null);

        Assert.AreEqual((8640, 2880, 14400), (table.Training, table.Validation, table.Rows));
    }

    [TestMethod]
    [DataRow("date,A\n2024-01-02,1\n2024-01-01,2\n2024-01-03,3\n", "Row 2", "not after the row before")]
    [DataRow("date\n2024-01-02\n", "1 column")]
    public void Wide_tables_that_make_no_sense_are_refused(string text, params string[] parts)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["wide.csv"], text);

        Fails.With<FormatException>(() => WideTable.Read(folder["wide.csv"], [], 1, [], null), parts);
    }

    [TestMethod]
    public void The_shipped_series_are_there()
    {
        var data = ShippedSeries.Load(horizon: null);

        Assert.AreSequenceEqual(new[] { 3165, 132 }, data.Training.Select(s => s.Values.Length));
        Assert.AreEqual(432f, data.Actual[1][^1]); // passengers of December 1960
        Assert.AreEqual(new DateTime(1960, 1, 1), TimeSteps.Of(data.Training[1].Times!)!.After(new(1959, 12, 1), 12)[0]);
        Assert.AreEqual(new DateTime(1960, 12, 1), TimeSteps.Of(data.Training[1].Times!)!.After(new(1959, 12, 1), 12)[^1]);
    }

    [TestMethod]
    public void Series_no_longer_than_the_horizon_are_left_out_and_none_is_an_error()
    {
        var data = ForecastData.HoldOut("Test", Frequency.Monthly, 3, [new("long", [1, 2, 3, 4, 5]), new("short", [1, 2, 3])]);

        Assert.AreEqual("long", data.Training.Single().Id);
        CollectionAssert.AreEqual(new float[] { 3, 4, 5 }, data.Actual[0]);
        Fails.With<ArgumentException>(() => ForecastData.HoldOut("Test", Frequency.Monthly, 9, [new("short", [1, 2, 3])]), "horizon is 9", "3 values");
    }
}
