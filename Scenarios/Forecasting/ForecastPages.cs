using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>The pictures, the page and the table of forecasts.</summary>
internal static class ForecastPages
{

    /// <summary>Of series that are forecast from one origin each.</summary>
    public static void Write(OutputFolder folder, ForecastData data, Scored[] methods, BacktestResult? backtest)
    {
        var series = data.Training.ToDictionary(s => s.Id);
        var page = Begin(folder, data.Title, methods, ResultReport.SeriesMetrics, [.. methods[0].Series(series)], "mean absolute scaled error");
        if (backtest is not null)
            Add(folder, page, backtest, data);
        page.Save(folder.File("report.html"));
        ForecastsCsv.Save(folder.File("forecasts.csv"), methods[0].Series(series));
    }

    /// <summary>Of columns of a table that are forecast from every row.</summary>
    public static void Write(OutputFolder folder, WideTable table, Scored[] methods)
    {
        var last = table.Columns.Select(c => methods[0].Series().Last(f => f.Id == c.Id)).ToArray(); // the latest origin of each
        Begin(folder, table.Title, methods, ResultReport.TableMetrics, last, "mean absolute error").Save(folder.File("report.html"));
        ForecastsCsv.Save(folder.File("forecasts.csv"), last);
    }

    private static HtmlReport Begin(
        OutputFolder folder, string title, Scored[] methods, (string Name, Func<ForecastingMetrics, double?> Of)[] metrics, SeriesForecast[] forecasts, string error)
    {
        string[][] rows = [.. methods.Select(m => ResultReport.Row(m, metrics))];
        string grid = folder.File("forecasts.png"), fan = folder.File("fan.png"), steps = folder.File("error-by-step.png"), residuals = folder.File("residuals.png");
        ForecastGrid.Save(grid, forecasts, $"{title}: forecasts and what came");
        var widest = forecasts.MaxBy(f => f.History.Length)!;
        FanChart.Save(fan, widest, $"{widest.Id}: forecast with intervals");
        ErrorByStep.Save(steps, [.. methods.Select(m => (m.Name, (IReadOnlyList<double>)[.. m.Metrics.MeanAbsoluteErrorPerStep]))], "Mean absolute error", $"{title}: error by steps ahead");
        ResidualAutocorrelation.Save(residuals, [.. forecasts.Select(Residuals)], $"{title}: autocorrelation of the errors over the steps ahead");
        return new HtmlReport(title)
            .Paragraph(ResultReport.Verdict(methods, metrics))
            .Table("The model and the baselines on the test part", ResultReport.Headers(metrics), rows, (row, column) => IsBest(methods, metrics, row, column))
            .Picture(fan, $"The forecast of {widest.Id}: the median, and bands of quantiles around it.")
            .Picture(grid, "Forecasts (coloured), their intervals, and what came (dashed).")
            .Picture(steps, $"How the {error} grows with the steps ahead.")
            .Picture(residuals, "How errors resemble those some steps before, within a forecast.");
    }

    private static void Add(OutputFolder folder, HtmlReport page, BacktestResult backtest, ForecastData data)
    {
        page.Heading("Backtest").Paragraph($"Forecasts from {backtest.Folds.Length} origins: {backtest.Best} is best, of the baselines {backtest.BestBaseline}.");
        ForecastingMetrics[] all = [backtest.Metrics, .. backtest.Baselines.Values];
        string[] names = [backtest.ModelName, .. backtest.Baselines.Keys];
        string[] headers = ["method", .. ResultReport.SeriesMetrics.Select(m => m.Name)];
        page.Table("All folds", headers, [.. all.Select((m, i) => (string[])[names[i], .. ResultReport.SeriesMetrics.Select(metric => metric.Of(m) is { } v ? $"{v:f4}" : "–")])]);
        int number = 0;
        foreach (var series in Folds(backtest, data))
        {
            string file = folder.File($"backtest-{++number}.png");
            BacktestFolds.Save(file, series, $"{series[0].Id}: backtest");
            page.Picture(file, $"{series[0].Id}: what each fold forecast.");
        }
    }

    // The folds of some series.
    private static IEnumerable<SeriesForecast[]> Folds(BacktestResult backtest, ForecastData data)
    {
        const int MostSeries = 4;
        var rows = backtest.Forecasts;
        var values = rows.GetColumn<string>(Columns.Series).Zip(rows.GetColumn<long>("OriginRow"), rows.GetColumn<float>(Columns.Forecast))
            .Zip(rows.GetColumn<float>(Columns.LowerBound), rows.GetColumn<float>(Columns.UpperBound));
        var bySeries = values.GroupBy(r => r.First.First).ToDictionary(g => g.Key, g => g.GroupBy(r => r.First.Second).OrderBy(f => f.Key));
        for (int i = 0; i < Math.Min(MostSeries, data.Training.Length); i++)
        {
            var one = data.Training[i];
            if (!bySeries.TryGetValue(one.Id, out var folds))
                continue;
            float[] whole = [.. one.Values, .. data.Actual[i].Where(float.IsFinite)];
            yield return [.. folds.Select(f => new SeriesForecast(one.Id, whole[..(int)f.Key], [.. f.Select(r => r.First.Third)])
            {
                Lower = [.. f.Select(r => r.Second)],
                Upper = [.. f.Select(r => r.Third)],
                Actual = [.. whole.Skip((int)f.Key).Take(f.Count())],
            })];
        }
    }

    private static double[] Residuals(SeriesForecast forecast) =>
        forecast.Actual is { } actual ? [.. actual.Zip(forecast.Forecast, (y, f) => (double)y - f)] : [];

    private static bool IsBest(Scored[] methods, (string Name, Func<ForecastingMetrics, double?> Of)[] metrics, int row, int column)
    {
        if (column == 0 || metrics[column - 1] is not { Name: not "coverage" } metric || metric.Of(methods[row].Metrics) is not { } value)
            return false;
        return methods.All(m => metric.Of(m.Metrics) is not { } other || value <= other);
    }
}
