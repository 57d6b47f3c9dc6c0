using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>
/// Series whose value is a number per series plus their row's index, and a chain that forecasts the last value of the window plus 1, 2, 3:
/// a forecast that is one step off shows.
/// </summary>
internal static class CountedSeries
{
    public const int WindowLength = 4;

    public const int Horizon = 3;

    public static DateTime Start { get; } = new(2024, 1, 1);

    public static SlidingWindowOptions Options { get; } = new()
    {
        InputColumns = ["Value"],
        WindowLength = WindowLength,
        Horizon = Horizon,
        GroupColumn = "Series",
        TimeColumn = "Time",
    };

    /// <summary>Daily rows of a series whose first value is <paramref name="first"/>.</summary>
    public static IEnumerable<CountedRow> Rows(string series, int count, float first, DateTime? start = null) => Enumerable.Range(0, count)
        .Select(i => new CountedRow { Series = series, Time = (start ?? Start).AddDays(i), Value = first + i, Known = first + i });

    public static IDataView View(MLContext ml, params IEnumerable<CountedRow>[] series)
        => ml.Data.LoadFromEnumerable(series.SelectMany(rows => rows).ToArray());

    /// <summary>Forecasts the last value of the window + 1 … + horizon, from 10 below to 10 above.</summary>
    public static IEstimator<ITransformer> Pipeline(MLContext ml, SlidingWindowOptions? options = null)
        => ml.Transforms.SlidingWindow(options ?? Options).Append(Counting(ml));

    public static IEstimator<ITransformer> Counting(MLContext ml) => ml.Transforms.CustomMapping<CountedWindow, CountedForecast>((window, forecast) =>
    {
        forecast.Forecast = [.. Enumerable.Range(1, Horizon).Select(k => window.Window[^1] + k)];
        forecast.LowerBound = [.. forecast.Forecast.Select(v => v - 10)];
        forecast.UpperBound = [.. forecast.Forecast.Select(v => v + 10)];
    }, contractName: null);

    /// <summary>Forecasts what is known ahead: 1000 × the known value of the step.</summary>
    public static IEstimator<ITransformer> Knowing(MLContext ml) => ml.Transforms.CustomMapping<KnownWindow, KnownForecast>((window, forecast) =>
        forecast.Forecast = [.. window.Future.Select(v => 1000 * v)], contractName: null);
}

internal sealed class CountedRow
{
    public string Series { get; set; } = "";

    public DateTime Time { get; set; }

    public float Value { get; set; }

    public float Known { get; set; }
}

internal sealed class CountedWindow
{
    [VectorType(CountedSeries.WindowLength, 1)]
    public float[] Window { get; set; } = [];
}

internal sealed class CountedForecast
{
    [VectorType(CountedSeries.Horizon)]
    public float[] Forecast { get; set; } = [];

    [VectorType(CountedSeries.Horizon)]
    public float[] LowerBound { get; set; } = [];

    [VectorType(CountedSeries.Horizon)]
    public float[] UpperBound { get; set; } = [];
}

internal sealed class KnownWindow
{
    [VectorType(CountedSeries.Horizon, 1)]
    public float[] Future { get; set; } = [];
}

internal sealed class KnownForecast
{
    [VectorType(CountedSeries.Horizon)]
    public float[] Forecast { get; set; } = [];
}
