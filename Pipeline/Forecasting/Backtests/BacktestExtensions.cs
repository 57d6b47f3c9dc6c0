using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Backtests on <c>ml.Forecasting</c>.</summary>
public static class BacktestExtensions
{
    /// <summary>
    /// How good a pipeline's forecasts would have been: it is fitted on the rows up to an origin, forecasts the next ones, and the origin
    /// rolls on (Tashman, 2000, Out-of-sample tests of forecasting accuracy). Baselines forecast the same values beside it.
    /// </summary>
    /// <remarks>
    /// Origins are counted from the end of each series: with horizon h, the last fold forecasts its last h rows, the fold before it those
    /// that end <see cref="BacktestOptions.Step"/> rows earlier. Nothing after an origin is seen: not by <c>Fit</c>, and in forecasting
    /// only the columns
    /// that windows take as known ahead (<see cref="SlidingWindowOptions.FutureColumns"/>), which must not be made from the value that is
    /// forecast.
    /// <para>
    /// A series no longer than the horizon is left out, as is, from a fold, one that has no row before its origin or cannot be forecast
    /// from it: <see cref="BacktestResult.LeftOut"/>. Folds read the data through filters, without a copy; in memory are the values (4
    /// bytes per row), the
    /// forecasts, and what one fit takes (<see cref="BacktestOptions.MaxParallelFits"/>). The data is read several times per fold: cache it
    /// (<c>ml.Data.Cache</c>) where reading is slow. Fitted models are disposed of.
    /// </para>
    /// </remarks>
    /// <example>
    /// <code>
    /// var pipeline = ml.Transforms.SlidingWindow("Window", ["Passengers"], windowLength: 24, horizon: 12)
    ///     .Append(ml.Forecasting.ForecastByRecurrent());
    /// var result = ml.Forecasting.Backtest(passengers, pipeline, new() { Folds = 3, SeasonLength = 12 });
    /// Console.WriteLine($"{result.Best} wins");
    /// Console.Write(result);
    /// </code>
    /// </example>
    /// <param name="catalog">The forecasting catalog, <c>ml.Forecasting</c>.</param>
    /// <param name="data">Raw rows, those of each series in order of time; the series one after the other or taking turns.</param>
    /// <param name="pipeline">What is tested, from raw rows on: row-to-row steps, one <c>SlidingWindow</c>, and what makes the
    /// forecast.</param>
    /// <param name="options">Origins, columns and baselines; null for the defaults.</param>
    /// <returns>Metrics and forecasts.</returns>
    /// <exception cref="ArgumentException">Options or columns are wrong; the text lists all problems.</exception>
    /// <exception cref="NotSupportedException">The fitted pipeline has no windowing step, two, or another step that is not row to
    /// row.</exception>
    /// <exception cref="InvalidOperationException">The rows were shuffled, series are too short for the folds, times go back or repeat, or
    /// no series of a fold can be forecast.</exception>
    public static BacktestResult Backtest(this ForecastingCatalog catalog, IDataView data, IEstimator<ITransformer> pipeline,
        BacktestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(pipeline);
        options ??= new();
        var columns = BacktestColumns.Find(data.Schema, PipelineEstimators.FindWindow(pipeline), options);
        RandomSampling.Refuse(data, columns.Group?.Name);
        var step = options.Step ?? columns.Horizon;
        var tail = (int)Math.Min(columns.Horizon + 1 + ((options.Folds - 1L) * step), Array.MaxLength); // rows from the first origin on
        var series = BacktestSeries.Read(data, columns, tail, options.CancellationToken);
        var plan = BacktestPlan.Create(series, columns.Horizon, options.Folds, step);
        var folds = new FoldRunner(data, pipeline, columns, series, plan, options).Run();
        return BacktestScores.Compute(series, plan, folds, options, columns.Horizon);
    }
}
