using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>The pictures, the page and the table of forecasts.</summary>
internal static class ForecastPages
{
    private const int FewestErrors = 4; // of which an autocorrelation says something
    private const int MostSeries = 4;   // whose folds are drawn

    /// <summary>Of series that are forecast from one origin each.</summary>
    public static void Write(OutputFolder folder, ForecastData data, Scored[] methods, BacktestResult? backtest)
    {
        SeriesForecast[] forecasts = [.. methods[0].Forecasts().Zip(data.Training, (f, s) => f with { Times = Next(s.Times, data.Horizon) })];
        var page = Begin(folder, data.Title, methods, ResultReport.SeriesMetrics, forecasts);
        Add(folder, page, [.. forecasts.Select(Errors)], "errors over the steps ahead", "How errors resemble those some steps before, within a forecast.");
        if (backtest is not null)
            Add(folder, page, backtest, data);
        page.Save(folder.File("report.html"));
        ForecastsCsv.Save(folder.File("forecasts.csv"), forecasts);
    }

    /// <summary>Of columns of a table that are forecast from every row.</summary>
    public static void Write(OutputFolder folder, WideTable table, Scored[] methods)
    {
        var (latest, first) = (new Dictionary<string, SeriesForecast>(), new Dictionary<string, List<double>>());
        foreach (var forecast in methods[0].Forecasts())
        {
            latest[forecast.Id] = forecast;
            if (!first.TryGetValue(forecast.Id, out var errors))
                first.Add(forecast.Id, errors = []);
            errors.Add(Errors(forecast)[0]);
        }
        DateTime[] times = table.Columns[0].Times![^table.Horizon..];
        SeriesForecast[] forecasts = [.. latest.Values.Select(f => f with { Times = times })];
        var page = Begin(folder, table.Title, methods, ResultReport.TableMetrics, forecasts);
        Add(folder, page, [.. first.Values], "errors one step ahead", "How errors one step ahead resemble those some rows before.");
        page.Save(folder.File("report.html"));
        ForecastsCsv.Save(folder.File("forecasts.csv"), forecasts);
    }

    private static HtmlReport Begin(OutputFolder folder, string title, Scored[] methods, Metric[] metrics, SeriesForecast[] forecasts)
    {
        string grid = folder.File("forecasts.png"), fan = folder.File("fan.png"), steps = folder.File("error-by-step.png");
        ForecastGrid.Save(grid, forecasts, $"{title}: forecasts and what came (dashed), by steps from the origin");
        var widest = forecasts.MaxBy(f => f.History.Length)!;
        FanChart.Save(fan, widest, $"{widest.Id}: forecast with intervals");
        var (perStep, error) = StepErrors(methods, metrics);
        ErrorByStep.Save(steps, perStep, error, $"{title}: error by steps ahead");
        return new HtmlReport(title)
            .Paragraph(ResultReport.Verdict(methods, metrics).Sentence)
            .Table("The model and the baselines on the test part", ResultReport.Headers(metrics), [.. methods.Select(m => ResultReport.Row(m, metrics))], (row, column) => IsBest(methods, metrics, row, column))
            .Picture(fan, $"The forecast of {widest.Id}: the median, and bands of quantiles around it.")
            .Picture(grid, "Forecasts (coloured), their intervals, and what came (dashed).")
            .Picture(steps, $"How the {char.ToLowerInvariant(error[0])}{error[1..]} grows with the steps ahead.");
    }

    // Series of various sizes by the scaled error, where every method has it.
    private static ((string, IReadOnlyList<double>)[] PerStep, string Label) StepErrors(Scored[] methods, Metric[] metrics)
    {
        bool isScaled = metrics == ResultReport.SeriesMetrics && methods.All(m => m.Metrics.PerStep.Any(step => step.MeanAbsoluteScaledError is not null));
        return ([.. methods.Select(m => (m.Name, (IReadOnlyList<double>)[.. m.Metrics.PerStep.Select(step =>
            (isScaled ? step.MeanAbsoluteScaledError : step.MeanAbsoluteError) ?? double.NaN)]))], isScaled ? "Mean absolute scaled error" : "Mean absolute error");
    }

    private static void Add(OutputFolder folder, HtmlReport page, IReadOnlyList<double>[] errors, string what, string caption)
    {
        if (errors.Sum(e => e.Count(double.IsFinite)) < FewestErrors)
            return;
        string file = folder.File("residuals.png");
        ResidualAutocorrelation.Save(file, errors, $"Autocorrelation of the {what}");
        page.Picture(file, caption);
    }

    private static void Add(OutputFolder folder, HtmlReport page, BacktestResult backtest, ForecastData data)
    {
        page.Heading("Backtest").Paragraph($"Forecasts from {backtest.Folds.Length} origins: {Methods.NameOf(backtest.Best)} is best, of the baselines {Methods.NameOf(backtest.BestBaseline!)}.");
        ForecastingMetrics[] all = [backtest.Metrics, .. backtest.Baselines.Values];
        string[] names = [backtest.ModelName, .. backtest.Baselines.Keys.Select(Methods.NameOf)];
        page.Table("All folds", ResultReport.Headers(ResultReport.SeriesMetrics), [.. all.Select((m, i) => ResultReport.Row(names[i], m, ResultReport.SeriesMetrics))]);
        var (headers, rows) = BacktestSeriesTable.Of(backtest);
        page.Table("MASE by series", headers, rows);
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
        var rows = backtest.Forecasts;
        var values = rows.GetColumn<string>(Columns.Series).Zip(rows.GetColumn<long>("OriginRow"), rows.GetColumn<float>(Columns.Forecast))
            .Zip(rows.GetColumn<float>(Columns.LowerBound), rows.GetColumn<float>(Columns.UpperBound));
        var bySeries = values.GroupBy(r => r.First.First).ToDictionary(g => g.Key, g => g.GroupBy(r => r.First.Second).OrderBy(f => f.Key));
        foreach (var whole in data.Whole().Where(s => bySeries.ContainsKey(s.Id)).Take(MostSeries))
        {
            yield return [.. bySeries[whole.Id].Select(f => new SeriesForecast(whole.Id, whole.Values[..(int)f.Key], [.. f.Select(r => r.First.Third)])
            {
                Lower = [.. f.Select(r => r.Second)],
                Upper = [.. f.Select(r => r.Third)],
                Actual = [.. whole.Values.Skip((int)f.Key).Take(f.Count())],
            })];
        }
    }

    private static DateTime[]? Next(DateTime[]? times, int horizon) => times is { Length: > 1 } ? TimeSteps.Of(times)!.After(times[^1], horizon) : null;

    private static double[] Errors(SeriesForecast forecast) =>
        forecast.Actual is { } actual ? [.. actual.Zip(forecast.Forecast, (y, f) => (double)y - f)] : [];

    private static bool IsBest(Scored[] methods, Metric[] metrics, int row, int column)
    {
        if (column == 0 || metrics[column - 1] is not { Name: not "coverage" } metric || metric.Of(methods[row].Metrics) is not { } value)
            return false;
        return methods.All(m => metric.Of(m.Metrics) is not { } other || value <= other);
    }
}
