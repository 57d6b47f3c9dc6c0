using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetRnn;

/// <summary>
/// Forecasts by a method without training, which a model is to beat; see <see cref="ForecastBaselineExtensions"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Input column</term><description><c>Vector&lt;Single, steps&gt;</c> or <c>Vector&lt;Single, steps, 1&gt;</c>; the number of steps
/// may vary. Leading NaN is left out; a later NaN counts as the value before it</description></item>
/// <item><term>Label column</term><description><c>Single</c> or <c>Vector&lt;Single, horizon&gt;</c>; only its size is read, by Fit</description></item>
/// <item><term>Output columns</term><description>The forecasts, <c>Vector&lt;Single, horizon&gt;</c>, NaN for a window without a value; bounds and
/// quantiles by option</description></item>
/// <item><term>Does it read the data to fit?</term><description>No: each window is forecast by itself</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// </remarks>
public sealed class ForecastBaselineEstimator : IEstimator<ForecastBaselineTransformer>
{
    private readonly IHostEnvironment _env;
    private readonly BaselineSettings _settings;
    private readonly string _labelColumnName;

    internal ForecastBaselineEstimator(IHostEnvironment env, BaselineKind kind, string outputColumnName, string inputColumnName,
        string labelColumnName, BaselineOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        (_env, _labelColumnName) = (env, labelColumnName);
        _settings = new BaselineSettings
        {
            Kind = kind,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Options = options ?? new(),
        };
        _settings.Check(isFitted: false);
    }

    /// <summary>Checks the columns and takes the horizon from the label's size; reads no row.</summary>
    /// <param name="input">Windows and labels.</param>
    /// <returns>The transformer.</returns>
    /// <exception cref="ArgumentException">A column is missing or has a wrong type.</exception>
    public ForecastBaselineTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = BaselineColumns.FindInput(_settings, input.Schema);
        var horizon = BaselineColumns.FindHorizon(_settings, _labelColumnName, input.Schema);
        return new ForecastBaselineTransformer(_env, _settings with { Horizon = horizon });
    }

    /// <summary>The columns after forecasting: the input's, then the forecasts, and the bounds and quantiles that the options ask for.</summary>
    /// <param name="inputSchema">The columns of the windows.</param>
    /// <returns>The shape of the data with forecasts.</returns>
    /// <exception cref="ArgumentException">A column is missing or has a wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return BaselineColumns.Shape(_settings, _labelColumnName, inputSchema);
    }
}
