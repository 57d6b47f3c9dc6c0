namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>A measure of forecasts by its name in reports.</summary>
internal sealed record Metric(string Name, Func<ForecastingMetrics, double?> Of);

/// <summary>The table on the console, <c>report.json</c>, and who wins.</summary>
internal static class ResultReport
{
    // MASE is not there where a series is constant, or no longer than a season.
    private static readonly string[] s_decisive = ["mase", "mse", "smape", "mae"];

    /// <summary>What is told of series that are forecast from one origin each.</summary>
    public static readonly Metric[] SeriesMetrics =
    [
        new("smape", m => m.SymmetricMeanAbsolutePercentageError), new("mase", m => m.MeanAbsoluteScaledError), new("owa", m => m.OverallWeightedAverage),
        new("wql", m => m.WeightedQuantileLoss), new("msis", m => m.MeanScaledIntervalScore), new("coverage", m => m.Coverage),
    ];

    /// <summary>What is told of wide tables, whose values are standardised.</summary>
    public static readonly Metric[] TableMetrics =
    [
        new("mse", m => m.RootMeanSquaredError * m.RootMeanSquaredError), new("mae", m => m.MeanAbsoluteError), new("coverage", m => m.Coverage),
        new("wql", m => m.WeightedQuantileLoss),
    ];

    /// <summary>Prints the table and writes the report; the first method is the model.</summary>
    /// <returns>The report.</returns>
    public static ScenarioReport Write(OutputFolder folder, Scored[] methods, Metric[] metrics, ScenarioReport report)
    {
        Console.WriteLine();
        ResultTable.Write(Headers(metrics), [.. methods.Select(m => Row(m, metrics))]);
        var verdict = Verdict(methods, metrics);
        Console.WriteLine(verdict.Sentence);
        report = report with
        {
            Models = [new(methods[0].Name, Values(methods[0].Metrics, metrics))],
            Baselines = methods[1..].ToDictionary(m => m.Name, m => (IReadOnlyDictionary<string, double>)Values(m.Metrics, metrics)),
            Verdict = new(verdict.Metric, verdict.Winner, verdict.BestBaseline),
        };
        report.Save(folder.File("report.json"));
        return report;
    }

    /// <summary>Writes the report again, with a backtest.</summary>
    public static void Add(OutputFolder folder, ScenarioReport report, BacktestResult backtest) => (report with
    {
        Backtest = new(
            backtest.Folds.Length,
            new(backtest.ModelName, Values(backtest.Metrics, SeriesMetrics)),
            backtest.Baselines.ToDictionary(b => Methods.NameOf(b.Key), b => (IReadOnlyDictionary<string, double>)Values(b.Value, SeriesMetrics)),
            Methods.NameOf(backtest.Best),
            Methods.NameOf(backtest.BestBaseline!),
            BacktestSeriesTable.Numbers(backtest)),
    }).Save(folder.File("report.json"));

    public static string[] Headers(Metric[] metrics) => ["method", .. metrics.Select(m => m.Name)];

    public static string[] Row(Scored method, Metric[] metrics) => Row(method.Name, method.Metrics, metrics);

    public static string[] Row(string name, ForecastingMetrics values, Metric[] metrics) =>
        [name, .. metrics.Select(m => m.Of(values) is { } value ? $"{value:f4}" : "–")];

    /// <summary>Says who wins by the decisive metric: MASE of series, the mean squared error of tables.</summary>
    public static (string Sentence, string Metric, string Winner, string BestBaseline) Verdict(Scored[] methods, Metric[] metrics)
    {
        var decisive = Decisive(methods, metrics);
        double Of(Scored method) => decisive.Of(method.Metrics)!.Value;
        var best = methods[1..].MinBy(Of)!;
        var (model, winner) = (methods[0], Of(methods[0]) < Of(best) ? methods[0].Name : best.Name);
        return ($"By {decisive.Name}, {winner} wins: {model.Name} {Of(model):f3}, the best baseline, {best.Name}, {Of(best):f3}.", decisive.Name, winner, best.Name);
    }

    private static Metric Decisive(Scored[] methods, Metric[] metrics) => s_decisive
        .SelectMany(name => metrics.Where(m => m.Name == name))
        .First(m => methods.All(s => m.Of(s.Metrics) is not null)); // any label gives an sMAPE and a mean squared error

    private static Dictionary<string, double> Values(ForecastingMetrics values, Metric[] metrics) =>
        metrics.Where(m => m.Of(values) is { } value && double.IsFinite(value)).ToDictionary(m => m.Name, m => m.Of(values)!.Value);
}
