using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Sliding windows on <c>ml.Transforms</c>.</summary>
public static class SlidingWindowExtensions
{
    /// <summary>
    /// Turns a series (one row per time step, in time order) into windows of its last rows and labels of its next rows, for
    /// recurrent trainers and any other trainer. Lazy and streaming: memory is that of one window and the look-ahead.
    /// </summary>
    /// <remarks>
    /// Each row t that has a full window becomes a row, its other columns passed through; rows without a full window are dropped.
    /// Concatenate columns before windowing, not after. The transformer changes the number of rows, so that a chain that holds it
    /// is not a row-to-row mapper: give <c>PredictionEngine</c> the steps after the windowing.
    /// <para>
    /// Window before splitting: rows that were left out or shuffled at random before (<c>CrossValidate</c> over a chain that windows,
    /// <c>TrainTestSplit</c>, <c>ShuffleRows</c>) are refused, because windows would span the holes. A split by whole groups
    /// (<c>samplingKeyColumnName</c> equal to <paramref name="groupColumnName"/>) is accepted. Split the windows by time with
    /// <c>ml.Data.ChronologicalSplit</c>. <c>CrossValidate</c> of a trainer on windowed data runs, and its spread tells how much a
    /// result depends on the choice of rows; but windows that overlap share rows, so that a shuffled fold is tested on values it was
    /// trained on, and its metrics are better than those on the future.
    /// </para>
    /// </remarks>
    /// <param name="catalog">The transforms catalog, <c>ml.Transforms</c>.</param>
    /// <param name="outputColumnName">The window column: Vector&lt;Single, windowLength, inputs&gt;, rows t-windowLength+1 … t, oldest
    /// first, with slot names such as <c>Close[t-19]</c> … <c>Close[t]</c>. An existing column of that name is shadowed.</param>
    /// <param name="inputColumnNames">The columns of each step: Single, Double or integers, or vectors of them of a known size.</param>
    /// <param name="windowLength">The number of rows in a window, at least 1.</param>
    /// <param name="horizon">The number of rows to predict, at least 1.</param>
    /// <param name="labelColumnName">The label column: the target at t+1 … t+horizon, a Single when <paramref name="horizon"/> is 1, else
    /// Vector&lt;Single, horizon&gt;; NaN where the future is not in the data. The source must not have a column of that name.</param>
    /// <param name="targetColumnName">The scalar column to predict; null: the first input.</param>
    /// <param name="groupColumnName">A column whose equal values make one series; windows and labels never cross from one to the next.
    /// The rows of a group follow one another (for others see <see cref="SlidingWindowOptions.Groups"/>): a group that comes again after
    /// others is an error when it is read. Null: the data is one series.</param>
    /// <param name="stride">The number of rows from one window to the next within a series, at least 1.</param>
    /// <returns>An estimator whose transformer is saved and loaded with the model.</returns>
    /// <exception cref="ArgumentException">An argument is out of range, empty or repeated; the text lists all problems.</exception>
    public static SlidingWindowEstimator SlidingWindow(this TransformsCatalog catalog, string outputColumnName, string[] inputColumnNames,
        int windowLength, int horizon = 1, string labelColumnName = "Label", string? targetColumnName = null,
        string? groupColumnName = null, int stride = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new SlidingWindowEstimator(SlidingWindowSettings.Create(outputColumnName, inputColumnNames, windowLength, horizon,
            labelColumnName, targetColumnName, groupColumnName, stride));
    }

    /// <summary>
    /// Turns series (one row per time step) into windows and labels, with several targets, values that are known ahead, static values,
    /// a checked time column, interleaved groups, padded windows and missing values; see <see cref="SlidingWindowOptions"/>. Lazy and
    /// streaming: memory is that of one window and the look-ahead, for interleaved groups per group.
    /// </summary>
    /// <remarks>
    /// As for the simple overload, the transformer changes the number of rows. What the options find wrong in the data (time that goes
    /// back, a static value that changes, a group that comes again) is an <see cref="InvalidOperationException"/> while the rows are
    /// read, which names the row.
    /// </remarks>
    /// <param name="catalog">The transforms catalog, <c>ml.Transforms</c>.</param>
    /// <param name="options">What to make; <see cref="SlidingWindowOptions.InputColumns"/> and
    /// <see cref="SlidingWindowOptions.WindowLength"/> are to be given.</param>
    /// <returns>An estimator whose transformer is saved and loaded with the model.</returns>
    /// <exception cref="ArgumentException">An option is out of range, empty or repeated, or two contradict each other; the text lists all
    /// problems.</exception>
    public static SlidingWindowEstimator SlidingWindow(this TransformsCatalog catalog, SlidingWindowOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new SlidingWindowEstimator(SlidingWindowSettings.Create(options));
    }
}
