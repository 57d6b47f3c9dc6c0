namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>The table on the console, <c>report.json</c>, and who wins.</summary>
internal static class ResultReport
{
    private static readonly string[] s_decisive = ["mase", "mse", "smape"];

    /// <summary>What is told of series that are forecast from one origin each.</summary>
    public static readonly (string Name, Func<ForecastingMetrics, double?> Of)[] SeriesMetrics =
    [
        ("smape", m => m.SymmetricMeanAbsolutePercentageError), ("mase", m => m.MeanAbsoluteScaledError), ("owa", m => m.OverallWeightedAverage),
        ("wql", m => m.WeightedQuantileLoss), ("msis", m => m.MeanScaledIntervalScore), ("coverage", m => m.Coverage),
    ];

    /// <summary>What is told of wide tables, whose values are standardised.</summary>
    public static readonly (string Name, Func<ForecastingMetrics, double?> Of)[] TableMetrics =
    [
        ("mse", m => m.RootMeanSquaredError * m.RootMeanSquaredError), ("mae", m => m.MeanAbsoluteError), ("coverage", m => m.Coverage),
        ("wql", m => m.WeightedQuantileLoss),
    ];

    /// <summary>Prints the table and writes the report; the first method is the model.</summary>
    public static void Write(OutputFolder folder, Scored[] methods, (string Name, Func<ForecastingMetrics, double?> Of)[] metrics, ScenarioReport report)
    {
        Console.WriteLine();
        ResultTable.Write(Headers(metrics), [.. methods.Select(m => Row(m, metrics))]);
        Console.WriteLine(Verdict(methods, metrics));
        (report with
        {
            Models = [new(methods[0].Name, Values(methods[0], metrics))],
            Baselines = methods[1..].ToDictionary(m => m.Name, m => (IReadOnlyDictionary<string, double>)Values(m, metrics)),
        }).Save(folder.File("report.json"));
    }

    public static string[] Headers((string Name, Func<ForecastingMetrics, double?> Of)[] metrics) => ["method", .. metrics.Select(m => m.Name)];

    public static string[] Row(Scored method, (string Name, Func<ForecastingMetrics, double?> Of)[] metrics) =>
        [method.Name, .. metrics.Select(m => m.Of(method.Metrics) is { } value ? $"{value:f4}" : "–")];

    /// <summary>Says who wins by the decisive metric: MASE of series, the mean squared error of tables.</summary>
    public static string Verdict(Scored[] methods, (string Name, Func<ForecastingMetrics, double?> Of)[] metrics)
    {
        var decisive = Decisive(methods, metrics);
        double Of(Scored method) => decisive.Of(method.Metrics) ?? double.PositiveInfinity;
        var best = methods[1..].MinBy(Of)!;
        var (model, winner) = (methods[0], Of(methods[0]) < Of(best) ? methods[0].Name : best.Name);
        return $"By {decisive.Name}, {winner} wins: {model.Name} {Of(model):f3}, the best baseline, {best.Name}, {Of(best):f3}.";
    }

    // MASE is not there where a series is constant, or no longer than a season.
    private static (string Name, Func<ForecastingMetrics, double?> Of) Decisive(Scored[] methods, (string Name, Func<ForecastingMetrics, double?> Of)[] metrics) =>
        s_decisive.SelectMany(name => metrics.Where(m => m.Name == name)).First(m => methods.All(s => m.Of(s.Metrics) is not null));

    private static Dictionary<string, double> Values(Scored method, (string Name, Func<ForecastingMetrics, double?> Of)[] metrics) =>
        metrics.Where(m => m.Of(method.Metrics) is not null).ToDictionary(m => m.Name, m => m.Of(method.Metrics)!.Value);
}
