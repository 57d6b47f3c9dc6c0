using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Fits and forecasts the folds of a backtest. A model lives as long as its folds.</summary>
internal sealed class FoldRunner(IDataView data, IEstimator<ITransformer> pipeline, BacktestColumns columns, BacktestSeries series,
    BacktestPlan plan, BacktestOptions options)
{
    /// <summary>All folds, in their order.</summary>
    public FoldForecasts[] Run()
    {
        var folds = new FoldForecasts[plan.Folds];
        if (!options.Refit)
            RunWithOneModel(folds);
        else
            RunAll(folds);
        return folds;
    }

    private void RunWithOneModel(FoldForecasts[] folds)
    {
        ITransformer? model = null;
        try
        {
            for (var fold = 0; fold < folds.Length; fold++)
            {
                var clock = Begin(fold);
                model ??= Fit(fold);
                folds[fold] = Forecast(fold, model, fold == 0 ? clock.Elapsed : TimeSpan.Zero);
                End(fold, clock);
            }
        }
        finally
        {
            (model as IDisposable)?.Dispose();
        }
    }

    private void RunAll(FoldForecasts[] folds)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.MaxParallelFits, CancellationToken = options.CancellationToken };
        if (options.MaxParallelFits == 1)
            for (var fold = 0; fold < folds.Length; fold++)
                folds[fold] = RunOne(fold);
        else
            Unwrapped(() => Parallel.For(0, folds.Length, parallel, fold => folds[fold] = RunOne(fold)));
    }

    // The first failure by itself, as one fold after the other has it.
    private static void Unwrapped(Action action)
    {
        try
        {
            action();
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private FoldForecasts RunOne(int fold)
    {
        var clock = Begin(fold);
        var model = Fit(fold);
        try
        {
            var forecasts = Forecast(fold, model, clock.Elapsed);
            End(fold, clock);
            return forecasts;
        }
        finally
        {
            (model as IDisposable)?.Dispose();
        }
    }

    private Stopwatch Begin(int fold)
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        options.Progress?.Report(new(fold + 1, plan.Folds, IsDone: false, TimeSpan.Zero));
        return Stopwatch.StartNew();
    }

    private void End(int fold, Stopwatch clock) => options.Progress?.Report(new(fold + 1, plan.Folds, IsDone: true, clock.Elapsed));

    private ITransformer Fit(int fold) => pipeline.Fit(new SeriesRanges(data, series.Names, plan.History(fold)));

    private FoldForecasts Forecast(int fold, ITransformer fitted, TimeSpan fitTime)
    {
        var model = ForecastModel.Of(fitted);
        CheckModel(model);
        var history = new SeriesRanges(data, series.Names, plan.History(fold));
        var future = model.NeedsFuture ? new SeriesRanges(data, series.Names, plan.Future(fold, model.Horizon)) : null;
        var forecasts = ForecastRows.Run(model, history, future, new()
        {
            ForecastColumnName = options.ForecastColumnName,
            LowerBoundColumnName = options.LowerBoundColumnName,
            UpperBoundColumnName = options.UpperBoundColumnName,
            CancellationToken = options.CancellationToken,
        });
        var numbers = plan.Series(fold);
        CheckSeries(fold, numbers, forecasts.Ends);
        return new(fold, numbers, forecasts, fitTime);
    }

    private void CheckModel(ForecastModel model)
    {
        var problems = new Problems();
        problems.AddIf(columns.Horizon > model.Horizon, $"Horizon is {columns.Horizon}, more than the {model.Horizon} steps of the model.");
        problems.AddIf(model.NeedsFuture && columns.Horizon < model.Horizon, $"Horizon is {columns.Horizon}, and the model takes values of "
            + $"{model.Horizon} steps as known ahead: leave Horizon out.");
        problems.AddIf(model.Window.Targets.Length > 1, $"The model forecasts {model.Window.Targets.Length} targets; a backtest is of one.");
        if (model.NeedsFuture && model.RawColumns(data.Schema, model.Window.FutureColumnNames).Contains(columns.Value.Name))
            problems.Add($"The columns that are known ahead, {string.Join(", ", model.Window.FutureColumnNames)}, are made from "
                + $"'{columns.Value.Name}', which is what is forecast and cannot be known.");
        problems.ThrowIfAny("Backtest");
    }

    // The windows' group may be a column that the pipeline makes: each series of it must be one of the data's.
    private void CheckSeries(int fold, int[] numbers, SeriesEnds ends)
    {
        if (ends.Count == numbers.Length && numbers.Index().All(s => ends.Rows(s.Index) == plan.Origin(fold, s.Item)))
            return;
        throw new InvalidOperationException($"Backtest: fold {fold + 1} has {numbers.Length} series by "
            + $"{(columns.Group is { } group ? $"'{group.Name}'" : "the options, which name no group,")} and {ends.Count} in the pipeline's windows, or "
            + "other rows of them. Give GroupColumnName, the raw column that the windows' GroupColumn is made from, and no step that leaves rows out.");
    }
}
