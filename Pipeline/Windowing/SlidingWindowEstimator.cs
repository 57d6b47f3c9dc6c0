using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// Makes windows of the last rows and labels of the next rows of a series; see
/// <see cref="SlidingWindowExtensions.SlidingWindow(TransformsCatalog, string, string[], int, int, string, string, string, int)"/>.
/// </summary>
/// <remarks>Learns nothing: <see cref="Fit"/> checks the columns and reads no data.</remarks>
public sealed class SlidingWindowEstimator : IEstimator<SlidingWindowTransformer>
{
    private readonly SlidingWindowSettings _settings;

    internal SlidingWindowEstimator(SlidingWindowSettings settings) => _settings = settings;

    internal SlidingWindowSettings Settings => _settings;

    /// <summary>Checks that the columns are there and have types that can be windowed; reads no row.</summary>
    /// <param name="input">The series, one row per time step.</param>
    /// <returns>The transformer.</returns>
    /// <exception cref="ArgumentException">A column is missing or has a wrong type; the text lists all problems.</exception>
    /// <exception cref="InvalidOperationException">The rows were shuffled or drawn at random before the windowing, as by
    /// <c>CrossValidate</c> over a chain that windows, so that windows would span the rows left out.</exception>
    public SlidingWindowTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = new WindowBinding(_settings, input.Schema);
        RandomSampling.Refuse(input, _settings.GroupColumnName);
        return new SlidingWindowTransformer(_settings);
    }

    /// <summary>The columns after windowing: the input's, then the window, the label, and what the options carry beside them.</summary>
    /// <param name="inputSchema">The columns of the series.</param>
    /// <returns>The shape of the transformed data.</returns>
    /// <exception cref="ArgumentException">A column is missing or has a wrong type; the text lists all problems.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return WindowSchemaShape.Output(_settings, inputSchema);
    }
}
