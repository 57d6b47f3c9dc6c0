using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetRnn;

/// <summary>
/// Learns the location and scale of each series and adds them to its rows; see <see cref="SeriesScaleExtensions.SeriesScale"/>.
/// </summary>
public sealed class SeriesScaleEstimator : IEstimator<SeriesScaleTransformer>
{
    private readonly IHostEnvironment _env;
    private readonly SeriesScaleSettings _settings;

    internal SeriesScaleEstimator(IHostEnvironment env, SeriesScaleSettings settings) => (_env, _settings) = (env, settings);

    /// <summary>Learns location and scale of each series in one pass over the rows.</summary>
    /// <param name="input">The rows to train on, in any order.</param>
    /// <returns>The transformer.</returns>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type; the text lists all problems.</exception>
    /// <exception cref="InvalidOperationException">There is no row, or a value is infinite.</exception>
    public SeriesScaleTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new SeriesScaleTransformer(_env, SeriesScales.Learn(_settings, input));
    }

    /// <summary>The input's columns, and location and scale.</summary>
    /// <param name="inputSchema">The columns of the rows.</param>
    /// <returns>The shape of the transformed data.</returns>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type; the text lists all problems.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _settings.CheckSource(inputSchema, isFitting: true);
        return new SchemaShape([.. inputSchema.Where(column => column.Name != _settings.OutputColumnName),
            AddedColumn.Shape(_settings.OutputColumnName)]);
    }
}
