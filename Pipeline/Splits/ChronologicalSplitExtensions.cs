using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Splits by time on <c>ml.Data</c>.</summary>
public static class ChronologicalSplitExtensions
{
    /// <summary>
    /// Splits rows that are in time order: the last rows (of each group) are the test set, the rows before them the training set.
    /// Never shuffled. When the data is windowed, the last training rows whose label would reach into the test period are dropped.
    /// </summary>
    /// <remarks>
    /// The rows are counted at once, reading the group column only; both sets are lazy. How far labels reach is taken from the
    /// annotations that <c>SlidingWindow</c> leaves on the label: with horizon h and stride s, floor(h / s) rows before each group's
    /// test period are dropped, none for data that is not windowed. The test rows of a group of n rows are round(n × testFraction),
    /// at least 1 and at most n - 1; a group of one row is training data.
    /// </remarks>
    /// <param name="catalog">The data catalog, <c>ml.Data</c>.</param>
    /// <param name="data">The rows, in time order within each group; groups may be interleaved.</param>
    /// <param name="testFraction">The fraction of the rows to test on, between 0 and 1, both excluded.</param>
    /// <param name="groupColumnName">A scalar column (text, key, number, …) that tells series apart, each of which is split;
    /// null: one series. To be given for windows of interleaved groups.</param>
    /// <returns>The training and the test set.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="testFraction"/> is not between 0 and 1.</exception>
    /// <exception cref="ArgumentException">The group column is missing or not a scalar, or none is given for windows of interleaved
    /// groups.</exception>
    /// <exception cref="InvalidOperationException">The rows were shuffled by <c>ShuffleRows</c>, there are none, or one of the sets would
    /// have none.</exception>
    public static DataOperationsCatalog.TrainTestData ChronologicalSplit(this DataOperationsCatalog catalog, IDataView data,
        double testFraction, string? groupColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        if (!(testFraction > 0 && testFraction < 1))
            throw new ArgumentOutOfRangeException(nameof(testFraction), testFraction,
                "The fraction of rows to test on must be between 0 and 1, both excluded, such as 0.2.");
        var split = SplitPlan.Create(data, testFraction, SplitPlan.GroupColumn(data.Schema, groupColumnName));
        return new DataOperationsCatalog.TrainTestData(new SplitView(data, split, test: false), new SplitView(data, split, test: true));
    }
}
