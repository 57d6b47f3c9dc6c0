using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Composition;

/// <summary>Rows that ML.NET drew at random are refused by the windowing, whatever lies between; rows that are whole are not.</summary>
[TestClass]
public sealed class RandomSamplingTests
{
    private static readonly MLContext s_ml = new(seed: 1);

    private static readonly Dictionary<string, Func<IDataView, IDataView>> s_faulty = new()
    {
        ["TrainTestSplit, training set"] = data => s_ml.Data.TrainTestSplit(data).TrainSet,
        ["TrainTestSplit, test set"] = data => s_ml.Data.TrainTestSplit(data).TestSet,
        ["TrainTestSplit, seed"] = data => s_ml.Data.TrainTestSplit(data, 0.3, seed: 5).TrainSet,
        ["TrainTestSplit of an unseeded context"] = data => new MLContext().Data.TrainTestSplit(data).TrainSet,
        ["TrainTestSplit by text"] = data => s_ml.Data.TrainTestSplit(data, 0.3, "Share").TrainSet,
        ["TrainTestSplit by text, seed"] = data => s_ml.Data.TrainTestSplit(data, 0.3, "Share", seed: 5).TrainSet,
        ["TrainTestSplit by key"] = data => s_ml.Data.TrainTestSplit(data, 0.3, "ShareKey").TestSet,
        ["TrainTestSplit by int"] = data => s_ml.Data.TrainTestSplit(data, 0.3, "ShareNumber").TrainSet,
        ["TrainTestSplit by float"] = data => s_ml.Data.TrainTestSplit(data, 0.3, "Day").TrainSet,
        ["TrainTestSplit by date"] = data => s_ml.Data.TrainTestSplit(data, 0.3, "Date").TrainSet,
        ["CrossValidationSplit"] = data => s_ml.Data.CrossValidationSplit(data, 3)[1].TrainSet,
        ["CrossValidationSplit by text, seed"] = data => s_ml.Data.CrossValidationSplit(data, 3, "Share", seed: 5)[2].TestSet,
        ["ShuffleRows"] = data => s_ml.Data.ShuffleRows(data),
        ["ShuffleRows, seed"] = data => s_ml.Data.ShuffleRows(data, seed: 5, shufflePoolSize: 10),
        ["BootstrapSample"] = data => s_ml.Data.BootstrapSample(data),
        ["split of data with a column named SplitColumn"] = data =>
            s_ml.Data.TrainTestSplit(s_ml.Transforms.CopyColumns("SplitColumn", "Day").Fit(data).Transform(data), 0.3, "Date").TrainSet,
        ["split, then a transform"] = data => Split(data, s_ml.Transforms.NormalizeMeanVariance("Close")),
        ["split, then cached"] = data => s_ml.Data.Cache(s_ml.Data.TrainTestSplit(data).TrainSet),
        ["split, then taken and skipped"] = data => s_ml.Data.SkipRows(s_ml.Data.TakeRows(s_ml.Data.TrainTestSplit(data).TrainSet, 50), 2),
        ["split, then filtered"] = data => s_ml.Data.FilterRowsByColumn(s_ml.Data.TrainTestSplit(data).TrainSet, "Day", 3, 30),
        ["split, then filtered by a predicate"] = data =>
            s_ml.Data.FilterByCustomPredicate<Price>(s_ml.Data.TrainTestSplit(data).TrainSet, row => row.Close < 0),
        ["split, then filtered with a state"] = data => s_ml.Data.FilterByStatefulCustomPredicate<Price, Price>(
            s_ml.Data.TrainTestSplit(data).TrainSet, (row, state) => row.Close == state.Close, state => state.Close = 0),
        ["split, then split by time"] = data => s_ml.Data.ChronologicalSplit(s_ml.Data.TrainTestSplit(data).TrainSet, 0.2).TestSet,
        ["split, then windowed and scored"] = data => new SequenceTransformer(TinyModel.Regression).Transform(
            Split(data, s_ml.Transforms.CustomMapping<Price, Windows>((_, w) => w.Window = new float[12], contractName: null))),
        ["windowed, then split"] = data => s_ml.Data.TrainTestSplit(
            s_ml.Transforms.SlidingWindow("First", ["Close"], 3, labelColumnName: "Next").Fit(data).Transform(data)).TrainSet,
        ["split of a binary file's rows"] = data => s_ml.Data.TrainTestSplit(Saved(data)).TrainSet,
    };

    private static readonly Dictionary<string, Func<IDataView, IDataView>> s_proper = new()
    {
        ["rows of an enumerable"] = data => data,
        ["a binary file"] = Saved,
        ["a cache"] = data => s_ml.Data.Cache(data),
        ["TakeRows"] = data => s_ml.Data.TakeRows(data, 70),
        ["SkipRows"] = data => s_ml.Data.SkipRows(data, 7),
        ["FilterRowsByColumn"] = data => s_ml.Data.FilterRowsByColumn(data, "Day", 5, 30),
        ["FilterRowsByMissingValues"] = data => s_ml.Data.FilterRowsByMissingValues(data, "Close"),
        ["FilterRowsByKeyColumnFraction"] = data => s_ml.Data.FilterRowsByKeyColumnFraction(
            s_ml.Transforms.Conversion.Hash("Hash", "Share").Fit(data).Transform(data), "Hash", 0, 0.7),
        ["FilterByCustomPredicate"] = data => s_ml.Data.FilterByCustomPredicate<Price>(data, row => row.Close < 0),
        ["a user's own SplitColumn"] = data => s_ml.Data.FilterRowsByColumn(
            s_ml.Transforms.CopyColumns("SplitColumn", "Day").Fit(data).Transform(data), "SplitColumn", 5, 30),
        ["ChronologicalSplit"] = data => s_ml.Data.ChronologicalSplit(data, 0.2, "Share").TrainSet,
        ["windows"] = data => s_ml.Transforms.SlidingWindow("First", ["Close"], 3, labelColumnName: "Next").Fit(data).Transform(data),
        ["a split by the group, text"] = data => s_ml.Data.TrainTestSplit(data, 0.4, "Share").TrainSet,
        ["a split by the group, seed"] = data => s_ml.Data.TrainTestSplit(data, 0.4, "Share", seed: 5).TestSet,
        ["a split by a copy of the group"] = data => s_ml.Data.TrainTestSplit(
            s_ml.Transforms.CopyColumns("Series", "Share").Fit(data).Transform(data), 0.4, "Series").TrainSet,
        ["a split by the group, which is encoded then"] = data =>
        {
            var rows = s_ml.Data.Cache(s_ml.Data.TrainTestSplit(data, 0.4, "Share").TrainSet);
            return s_ml.Transforms.Conversion.MapValueToKey("Share").Fit(rows).Transform(rows);
        },
        ["folds by the group"] = data => s_ml.Data.CrossValidationSplit(data, 2, "Share")[0].TrainSet,
        ["shuffled rows put in order again"] = data => s_ml.Data.LoadFromEnumerable(
            s_ml.Data.CreateEnumerable<Trade>(s_ml.Data.ShuffleRows(data), reuseRowObject: false).OrderBy(t => (t.ShareKey, t.Day)).ToArray()),
        ["a transform"] = data => s_ml.Transforms.NormalizeMeanVariance("Close").Fit(data).Transform(data),
    };

    public static IEnumerable<string> Faulty => s_faulty.Keys;

    public static IEnumerable<string> Proper => s_proper.Keys;

    [TestMethod]
    [DynamicData(nameof(Faulty))]
    public void Rows_with_random_holes_are_refused(string name)
    {
        var rows = s_faulty[name](Trade.View(s_ml));
        var windowing = s_ml.Transforms.SlidingWindow("Window", ["Close"], 4);

        Fails.With<InvalidOperationException>(() => windowing.Fit(rows), "SlidingWindow: ", "before the windowing", "indow");
        var fitted = windowing.Fit(Trade.View(s_ml));
        Fails.With<InvalidOperationException>(() => fitted.Transform(rows), "before the windowing");
    }

    [TestMethod]
    [DynamicData(nameof(Proper))]
    public void Rows_that_were_chosen_on_purpose_are_windowed(string name)
    {
        var rows = s_proper[name](Trade.View(s_ml));

        var windows = s_ml.Transforms.SlidingWindow("Window", ["Close"], 4, groupColumnName: "Share").Fit(rows).Transform(rows);

        Assert.IsNotEmpty(ViewText.Rows(windows, "Window"));
    }

    [TestMethod]
    [DataRow("ShareKey")]
    [DataRow("ShareNumber")]
    [DataRow("Day")]
    [DataRow("Date")]
    public void A_split_by_whole_groups_is_windowed_by_these_groups_only(string group)
    {
        var rows = s_ml.Data.TrainTestSplit(Trade.View(s_ml), 0.4, group).TrainSet;

        s_ml.Transforms.SlidingWindow("Window", ["Close"], 1, groupColumnName: group).Fit(rows);

        Fails.With<InvalidOperationException>(
            () => s_ml.Transforms.SlidingWindow("Window", ["Close"], 1, groupColumnName: "Share").Fit(rows),
            $"by the values of '{group}'", "as groupColumnName (now 'Share')");
    }

    [TestMethod]
    public void The_error_tells_what_happened_and_what_to_do()
    {
        var rows = s_ml.Data.TrainTestSplit(Trade.View(s_ml)).TrainSet;

        Fails.With<InvalidOperationException>(() => s_ml.Transforms.SlidingWindow("Window", ["Close"], 4).Fit(rows),
            "CrossValidate over a chain that windows", "TrainTestSplit", "would span the holes", "Window all rows first",
            "ml.Data.ChronologicalSplit(windows, 0.2)", "CrossValidate(windows, trainer)", "leaks");
    }

    [TestMethod]
    public void Views_of_others_are_not_looked_into()
    {
        var sorted = new SortedView(s_ml.Data.ShuffleRows(Trade.Single(s_ml, 30)));

        var windows = s_ml.Transforms.SlidingWindow("Window", ["Day"], 2).Fit(sorted).Transform(sorted);

        Assert.AreSequenceEqual(Enumerable.Range(0, 29).Select(i => $"[{i},{i + 1}]"), ViewText.Rows(windows, "Window"));
    }

    private static IDataView Split(IDataView data, IEstimator<ITransformer> then)
    {
        var rows = s_ml.Data.TrainTestSplit(data).TrainSet;
        return then.Fit(rows).Transform(rows);
    }

    // A temporary file would do as well; rows are read again for each cursor.
    private static IDataView Saved(IDataView data)
    {
        var stream = new MemoryStream();
        s_ml.Data.SaveAsBinary(data, stream);
        return s_ml.Data.LoadFromBinary(new MemorySource(stream.ToArray()));
    }

    private sealed class MemorySource(byte[] bytes) : IMultiStreamSource
    {
        public int Count => 1;

        public string GetPathOrNull(int index) => null!;

        public Stream Open(int index) => new MemoryStream(bytes);

        public TextReader OpenTextReader(int index) => new StreamReader(Open(index));
    }

    private sealed class Price
    {
        public float Close { get; set; }
    }

    private sealed class Windows
    {
        [VectorType(TinyModel.Steps, TinyModel.Features)]
        public float[] Window { get; set; } = [];
    }

    /// <summary>A user's view that puts rows in order.</summary>
    private sealed class SortedView(IDataView source) : IDataView
    {
        public DataViewSchema Schema => source.Schema;

        public bool CanShuffle => false;

        public long? GetRowCount() => null;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            var rows = s_ml.Data.CreateEnumerable<Trade>(source, reuseRowObject: false).OrderBy(t => t.Day).ToArray();
            var view = s_ml.Data.LoadFromEnumerable(rows);
            return view.GetRowCursor(columnsNeeded.Select(c => view.Schema[c.Name]));
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
            => [GetRowCursor(columnsNeeded, rand)];
    }
}
