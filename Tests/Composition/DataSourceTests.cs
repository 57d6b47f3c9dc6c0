using System.Globalization;
using Microsoft.Data.Analysis;
using Microsoft.Data.Sqlite;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Tests.Scenarios;
using static Microsoft.ML.Transforms.MissingValueReplacingEstimator;

namespace MlNetRnn.Tests.Composition;

/// <summary>The same numbers from every source that ML.NET reads give the same model and the same scores.</summary>
[TestClass]
public sealed class DataSourceTests
{
    // Some values are missing: an empty field, a null.
    private static readonly Quote[] s_rows = [.. Trade.Rows(40).Select((t, i) => new Quote
    {
        Close = t.Close,
        Volume = i % 17 == 4 ? float.NaN : t.Volume,
        Share = t.Share,
    })];

    private static readonly Lazy<Outcome> s_expected = new(() => Train(ml => ml.Data.LoadFromEnumerable(s_rows)));

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Rows_of_a_text_file(bool cached)
    {
        using var folder = new TemporaryFolder();
        WriteCsv(folder["quotes.csv"]);
        var options = new TextLoader.Options { Separators = [','], HasHeader = true, MissingRealsAsNaNs = true };
        Check(ml =>
        {
            var lazy = ml.Data.LoadFromTextFile<Quote>(folder["quotes.csv"], options);
            return cached ? ml.Data.Cache(lazy) : lazy;
        });
    }

    [TestMethod]
    public void Rows_of_a_data_frame() => Check(_ => new DataFrame(
        new SingleDataFrameColumn("Close", s_rows.Select(r => r.Close)),
        new SingleDataFrameColumn("Volume", s_rows.Select(r => float.IsNaN(r.Volume) ? (float?)null : r.Volume)),
        new StringDataFrameColumn("Share", s_rows.Select(r => r.Share))));

    [TestMethod]
    public void Rows_of_a_data_frame_from_a_text_file()
    {
        using var folder = new TemporaryFolder();
        WriteCsv(folder["quotes.csv"]);
        Check(_ => DataFrame.LoadCsv(folder["quotes.csv"], dataTypes: [typeof(float), typeof(float), typeof(string)]));
    }

    [TestMethod]
    public void Rows_of_a_database()
    {
        using var folder = new TemporaryFolder();
        string connection = $"Data Source={folder["quotes.db"]};Pooling=False"; // without a pool the file is free to be deleted
        FillDatabase(connection);
        Check(ml => ml.Data.CreateDatabaseLoader<Quote>().Load(new DatabaseSource(
            SqliteFactory.Instance, connection, "SELECT Close, Volume, Share FROM Quotes ORDER BY Share, Day")));
    }

    [TestMethod]
    public void Scored_rows_become_a_data_frame()
    {
        var ml = new MLContext(1);
        var outcome = s_expected.Value;
        var frame = ml.Transforms.SelectColumns("Share", "Close", "Score").Fit(outcome.Scored).Transform(outcome.Scored).ToDataFrame(-1);

        Assert.AreSequenceEqual(outcome.Scores, frame["Score"].Cast<float>());
    }

    private static void Check(Func<MLContext, IDataView> load)
    {
        var outcome = Train(load);
        Assert.AreSequenceEqual(s_expected.Value.Scores, outcome.Scores);
        Assert.AreEqual(s_expected.Value.RootMeanSquaredError, outcome.RootMeanSquaredError);
    }

    private static Outcome Train(Func<MLContext, IDataView> load)
    {
        var ml = new MLContext(1);
        var data = load(ml);
        var windows = ml.Transforms.ReplaceMissingValues("Volume", replacementMode: ReplacementMode.Mean)
            .Append(ml.Transforms.SlidingWindow("Window", ["Close", "Volume"], 5, groupColumnName: "Share")).Fit(data).Transform(data);
        var split = ml.Data.ChronologicalSplit(windows, 0.25, "Share");
        using var model = ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny).Fit(split.TrainSet);
        var scored = model.Transform(split.TestSet);
        float[] scores = [.. scored.GetColumn<float>("Score")];
        Assert.IsTrue(scores.All(float.IsFinite));
        Assert.HasCount(27, scores, "9 of the 36 windows of each of 3 shares");
        return new(scored, scores, ml.Regression.Evaluate(scored).RootMeanSquaredError);
    }

    private static void WriteCsv(string path) => File.WriteAllLines(path, s_rows.Select(r =>
        $"{Field(r.Close)},{Field(r.Volume)},{r.Share}").Prepend("Close,Volume,Share"));

    private static string Field(float value) => float.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    // Rows in no order: the query's ORDER BY is what makes them a series.
    private static void FillDatabase(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var create = connection.CreateCommand();
        create.CommandText = "CREATE TABLE Quotes (Share TEXT, Day INTEGER, Close REAL, Volume REAL)";
        create.ExecuteNonQuery();
        using var transaction = connection.BeginTransaction();
        foreach (var (day, row) in s_rows.Index().Shuffle())
        {
            using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO Quotes VALUES ($share, $day, $close, $volume)";
            insert.Parameters.AddWithValue("$share", row.Share);
            insert.Parameters.AddWithValue("$day", day);
            insert.Parameters.AddWithValue("$close", row.Close);
            insert.Parameters.AddWithValue("$volume", float.IsNaN(row.Volume) ? DBNull.Value : row.Volume);
            insert.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private sealed record Outcome(IDataView Scored, float[] Scores, double RootMeanSquaredError);

    private sealed class Quote
    {
        [LoadColumn(0)]
        public float Close { get; set; }

        [LoadColumn(1)]
        public float Volume { get; set; }

        [LoadColumn(2)]
        public string Share { get; set; } = "";
    }
}
