using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The scale of each series on <c>ml.Transforms</c>.</summary>
public static class SeriesScaleExtensions
{
    /// <summary>
    /// Learns the location and scale of each series from the rows to train on, and adds them to its rows, so that one model can see series
    /// of very different sizes alike, (value - location) / scale, and undo that in its forecast.
    /// </summary>
    /// <remarks>
    /// The values themselves stay as they are. The two numbers do not change within a series: beside the windows they go by
    /// <see cref="SlidingWindowOptions.StaticColumns"/>. Missing values (NaN) do not count; a constant series has the scale 1, a series
    /// without a known value 0 and 1. Memory grows with the number of series, by <see cref="SeriesScaling.Robust"/> with that of rows while
    /// fitting. Fit on training rows alone, as a chain in <c>Backtest</c> is.
    /// </remarks>
    /// <param name="catalog">The transforms catalog, <c>ml.Transforms</c>.</param>
    /// <param name="outputColumnName">The column of location and scale, Vector&lt;Single, 2&gt;, slot names <c>Location</c>, <c>Scale</c>.
    /// An existing column of that name is shadowed.</param>
    /// <param name="inputColumnName">The values: a scalar Single, Double or integer.</param>
    /// <param name="groupColumnName">A scalar column (text, key, number, …) that tells series apart, in any order of rows; null: the data
    /// is one series.</param>
    /// <param name="scaling">What location and scale are.</param>
    /// <param name="unseenSeries">What becomes of rows of series that were not there at fitting.</param>
    /// <returns>An estimator whose transformer is saved and loaded with the model.</returns>
    /// <exception cref="ArgumentException">A name is empty or a value is not defined; the text lists all problems.</exception>
    public static SeriesScaleEstimator SeriesScale(this TransformsCatalog catalog, string outputColumnName, string inputColumnName,
        string? groupColumnName, SeriesScaling scaling = SeriesScaling.Standard, UnseenSeriesPolicy unseenSeries = UnseenSeriesPolicy.Error)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new SeriesScaleEstimator(catalog.GetEnvironment(),
            new SeriesScaleSettings(outputColumnName, inputColumnName, groupColumnName, scaling, unseenSeries).Checked());
    }
}
