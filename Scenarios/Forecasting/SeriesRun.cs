using Microsoft.ML;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Series that are forecast from the end of their training part.</summary>
internal static class SeriesRun
{
    private const string ModelName = "GRU ensemble";
    private const int FewSeries = 20;
    private const int UsualFolds = 5;

    public static void Run(MLContext ml, OutputFolder folder, ForecastData data, ForecastingSettings settings, CancellationToken cancellation)
    {
        data.Print();
        var model = Model(ml, data, settings, cancellation);
        var origins = Rows.Origins(ml, data.Training.Zip(data.Actual, (s, actual) => (s.Id, new ArraySegment<float>(s.Values), actual)), model.Window, data.Horizon);
        var report = new ScenarioReport { Scenario = "Forecasting", Seed = settings.Common.Seed, Models = [] };
        if (model.Seconds is not null)
        {
            report = report with
            {
                Epochs = model.History.Count,
                TrainSeconds = model.Seconds,
                OnnxMaxAbsDiff = model.SaveAndCompare(ml, folder, Rows.Values(ml, data.Training).Schema, origins),
            };
            HistoryPlot.Save(folder.File("history.png"), model.History, $"{data.Title}: training, the first of {Recipe.Networks.Length} networks", Trained.LossLabel, Trained.ErrorLabel);
        }
        Scored[] methods =
        [
            Scored.By(ml, ModelName, model.Network, origins, Methods.Evaluation(data.Season)),
            .. Methods.Baselines(ml, data.Season, origins),
        ];
        ResultReport.Write(folder, methods, ResultReport.SeriesMetrics, report);
        var backtest = Folds(data, settings) is > 0 and var folds && model.Seconds is not null
            ? Backtest(ml, data, settings, folds, cancellation)
            : null;
        ForecastPages.Write(folder, data, methods, backtest);
    }

    private static Trained Model(MLContext ml, ForecastData data, ForecastingSettings settings, CancellationToken cancellation)
    {
        if (settings.Common.Model is { } file)
            return Trained.Load(ml, file, data.Horizon);
        TimeSeries[] training = [.. Recipe.Balanced(data.Training)];
        var recipe = Recipe.For(data.Frequency, data.Horizon, [.. training.Select(s => s.Values.Length)], settings.Common.Epochs);
        return Trained.Train(ml, recipe, data.Horizon, data.Season, training, validation: null, settings.Common, cancellation);
    }

    private static int Folds(ForecastData data, ForecastingSettings settings) =>
        settings.Folds >= 0 ? settings.Folds : data.Training.Length <= FewSeries ? UsualFolds : 0;

    // The same networks, trained on what came before the first origin, or anew at each; the steps that were held out are the last fold.
    private static BacktestResult Backtest(MLContext ml, ForecastData data, ForecastingSettings settings, int folds, CancellationToken cancellation)
    {
        Console.WriteLine();
        Console.WriteLine($"Backtest from {folds} origins, trained {(settings.Refit ? "anew at each" : "before the first")}:");
        var whole = data.Training.Zip(data.Actual, (s, actual) => s with { Values = [.. s.Values, .. actual.Where(float.IsFinite)] });
        var result = ml.Forecasting.Backtest(Rows.Values(ml, whole), new SeriesEstimator(ml, data, settings.Common, cancellation), new BacktestOptions
        {
            Horizon = data.Horizon,
            GroupColumnName = Columns.Series,
            ValueColumnName = Columns.Value,
            Folds = folds,
            SeasonLength = data.Season,
            Refit = settings.Refit,
            ModelName = ModelName,
            CancellationToken = cancellation,
            Progress = new FoldLines(),
        });
        Console.WriteLine(result);
        PrintSeries(result);
        return result;
    }

    private static void PrintSeries(BacktestResult result)
    {
        string[] baselines = [.. result.Baselines.Keys.Order(StringComparer.Ordinal)];
        string Mase(ForecastingMetrics metrics, string series) => metrics.PerSeries[series].MeanAbsoluteScaledError is { } mase ? $"{mase:f3}" : "–";
        ResultTable.Write(
            ["MASE by series", result.ModelName, .. baselines],
            [.. result.Metrics.PerSeries.Keys.Select(s => (string[])[s, Mase(result.Metrics, s), .. baselines.Select(b => Mase(result.Baselines[b], s))])]);
    }

    private sealed class FoldLines : IProgress<BacktestProgress>
    {
        public void Report(BacktestProgress value)
        {
            if (value.IsDone)
                Console.WriteLine($"  fold {value.Fold} of {value.Folds} is forecast, {value.Elapsed.TotalSeconds:f0} s");
        }
    }
}
