using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetRnn;

/// <summary>
/// Adds the phases of the clock and the calendar to each row; see <see cref="CalendarFeaturesExtensions.CalendarFeatures"/>.
/// </summary>
/// <remarks>Learns nothing: <see cref="Fit"/> checks the column and reads no data.</remarks>
public sealed class CalendarFeaturesEstimator : IEstimator<CalendarFeaturesTransformer>
{
    private readonly IHostEnvironment _env;
    private readonly CalendarSettings _settings;

    internal CalendarFeaturesEstimator(IHostEnvironment env, CalendarSettings settings) => (_env, _settings) = (env, settings);

    /// <summary>Checks that the column of times is there; reads no row.</summary>
    /// <param name="input">Rows with a column of times.</param>
    /// <returns>The transformer.</returns>
    /// <exception cref="ArgumentException">The column is missing or of another type than DateTime or DateTimeOffset.</exception>
    public CalendarFeaturesTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _settings.CheckSource(SchemaShape.Create(input.Schema));
        return new CalendarFeaturesTransformer(_env, _settings);
    }

    /// <summary>The input's columns and the features.</summary>
    /// <param name="inputSchema">The columns of the rows.</param>
    /// <returns>The shape of the transformed data.</returns>
    /// <exception cref="ArgumentException">The column is missing or of another type than DateTime or DateTimeOffset.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _settings.CheckSource(inputSchema);
        return new SchemaShape([.. inputSchema.Where(column => column.Name != _settings.OutputColumnName),
            AddedColumn.Shape(_settings.OutputColumnName)]);
    }
}
