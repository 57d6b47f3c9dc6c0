using System.Globalization;
using System.Text;

namespace MlNetRnn;

/// <summary>A backtest as aligned text.</summary>
internal static class BacktestText
{
    private static readonly (string Name, Func<ForecastingMetrics, double?> Value)[] s_measures =
    [
        ("MASE", m => m.MeanAbsoluteScaledError), ("sMAPE", m => m.SymmetricMeanAbsolutePercentageError), ("OWA", m => m.OverallWeightedAverage),
        ("MAE", m => m.MeanAbsoluteError), ("RMSE", m => m.RootMeanSquaredError), ("WQL", m => m.WeightedQuantileLoss),
        ("MSIS", m => m.MeanScaledIntervalScore), ("coverage", m => m.Coverage),
    ];

    public static string Of(BacktestResult result)
    {
        var ranking = result.Ranking;
        var measures = s_measures.Where(measure => ranking.Any(method => measure.Value(method.Metrics) is not null)).ToArray();
        List<string[]> methods = [["", .. measures.Select(measure => measure.Name)],
            .. ranking.Select(method => (string[])[method.Name, .. measures.Select(measure => Number(measure.Value(method.Metrics)))])];
        List<string[]> folds = [["fold", "training rows", "series", "seconds", result.ModelName, .. Others(result)],
            .. result.Folds.Select(fold => Fold(result, fold))];
        var text = new StringBuilder();
        Append(text, methods);
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{(IsScaled(result) ? "MASE" : "RMSE")} by fold, {result.Horizon} steps ahead");
        Append(text, folds);
        if (result.LeftOut.Length > 0)
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"left out: {LeftOut(result)}");
        return text.ToString();
    }

    private static IEnumerable<string> Others(BacktestResult result) => result.BestBaseline is { } name ? [name] : [];

    private static bool IsScaled(BacktestResult result) => result.Ranking.All(method => method.Metrics.MeanAbsoluteScaledError is not null);

    private static string[] Fold(BacktestResult result, BacktestFold fold)
    {
        double? Value(ForecastingMetrics metrics) => IsScaled(result) ? metrics.MeanAbsoluteScaledError : metrics.RootMeanSquaredError;
        return [Text(fold.Number), Text(fold.TrainingRows), Text(fold.Series), fold.FitTime.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture),
            Number(Value(fold.Metrics)), .. Others(result).Select(name => Number(Value(fold.Baselines[name])))];
    }

    private static string LeftOut(BacktestResult result)
    {
        var all = result.LeftOut.Where(left => left.Fold is null).Select(left => left.Series ?? "the series").Distinct().ToArray();
        var some = result.LeftOut.Where(left => left.Fold is not null).Select(left => left.Series ?? "the series").Distinct().ToArray();
        return string.Join("; ", new[] { Named(all, "of all folds"), Named(some, "of some folds") }.Where(part => part.Length > 0));
    }

    private static string Named(string[] names, string where) => names.Length == 0
        ? ""
        : $"{string.Join(", ", names.Take(10))}{(names.Length > 10 ? $" and {names.Length - 10} more" : "")} {where}";

    private static void Append(StringBuilder text, List<string[]> lines)
    {
        var widths = Enumerable.Range(0, lines[0].Length).Select(i => lines.Max(line => line[i].Length)).ToArray();
        foreach (var line in lines)
            text.AppendLine(string.Join("  ", line.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? "";
}
