using Microsoft.ML;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>The pictures, the page and the table of forecasts.</summary>
internal static class ForecastPages
{
    public static void Write(MLContext ml, OutputFolder folder, ForecastData data, Scored[] methods, BacktestResult? backtest)
    {
        _ = (ml, folder, data, methods, backtest);
    }

    public static void Write(OutputFolder folder, WideTable table, Scored[] methods)
    {
        _ = (folder, table, methods);
    }
}
