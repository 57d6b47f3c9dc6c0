using Microsoft.ML;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Series that are forecast from the end of their training part.</summary>
internal static class SeriesRun
{
    private const string ModelName = "GRU ensemble";
    private const int FewSeries = 20;
    private const int UsualFolds = 5, FewestFolds = 2;

    public static void Run(MLContext ml, OutputFolder folder, ForecastData data, ForecastingSettings settings, CancellationToken cancellation)
    {
        data.Print();
        data.Check();
        int folds = Folds(data, settings);
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
            .. Methods.Baselines(ml, data.Season, data.Horizon, origins),
        ];
        report = ResultReport.Write(folder, methods, ResultReport.SeriesMetrics, report);
        var backtest = folds > 0 ? Backtest(ml, data, settings, folds, cancellation) : null;
        if (backtest is not null)
            ResultReport.Add(folder, report, backtest);
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

    // So many that half of the longest series is before the first origin; a backtest of one fold would be the forecast of the last steps again.
    private static int Folds(ForecastData data, ForecastingSettings settings)
    {
        int longest = data.Training.Max(s => s.Values.Length) + data.Horizon, most = (longest - 1) / data.Horizon;
        if (settings.Common.Model is not null || settings.Folds == 0)
            return 0; // a saved model has seen what it would be asked for
        if (settings.Folds > most)
            throw new ArgumentException($"--folds {settings.Folds} of {data.Horizon} steps need more values than the longest series has, {longest}; {most} can be.");
        if (settings.Folds > 0 || data.Training.Length > FewSeries)
            return Math.Max(0, settings.Folds);
        int folds = Math.Min(UsualFolds, longest / 2 / data.Horizon);
        if (folds >= FewestFolds)
            return folds;
        Console.WriteLine($"No backtest: the longest series has {longest} values, fewer than {2 * FewestFolds} horizons.");
        return 0;
    }

    // The same networks, trained on what came before the first origin, or anew at each; the steps that were held out are the last fold.
    private static BacktestResult Backtest(MLContext ml, ForecastData data, ForecastingSettings settings, int folds, CancellationToken cancellation)
    {
        Console.WriteLine();
        Console.WriteLine($"Backtest from {folds} origins, trained {(settings.Refit ? "anew at each" : "before the first")}:");
        var result = ml.Forecasting.Backtest(Rows.Values(ml, data.Whole()), new SeriesEstimator(ml, data, settings.Common, cancellation), new BacktestOptions
        {
            Horizon = data.Horizon,
            GroupColumnName = Columns.Series,
            ValueColumnName = Columns.Value,
            Folds = folds,
            SeasonLength = data.Season,
            MovingAverageLength = Methods.MovingAverageLength(data.Season, data.Horizon),
            Refit = settings.Refit,
            ModelName = ModelName,
            CancellationToken = cancellation,
            Progress = new FoldLines(),
        });
        Console.WriteLine(result);
        var (headers, rows) = BacktestSeriesTable.Of(result);
        ResultTable.Write(headers, rows);
        return result;
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
