using Microsoft.ML;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Columns of a wide table that are forecast from every row of the test part.</summary>
internal static class TableRun
{
    private const string ModelName = "GRU ensemble";

    public static void Run(MLContext ml, OutputFolder folder, WideTable table, ForecastingSettings settings, CancellationToken cancellation)
    {
        Console.WriteLine($"{table.Title}: {table.Columns.Length} {table.Frequency.Name} columns of {table.Rows} rows, {table.Training} train, {table.Validation} "
            + $"validate, {table.Rows - table.TestStart} test; {table.Horizon} steps ahead from each.");
        int season = table.Frequency.Season;
        var model = settings.Common.Model is { } file ? Trained.Load(ml, file, table.Horizon) : Train(ml, table, settings, cancellation);
        var origins = Rows.Origins(ml, Origins(table, model.Window), model.Window, table.Horizon);
        var report = new ScenarioReport { Scenario = "Forecasting", Seed = settings.Common.Seed, Models = [] };
        if (model.Seconds is not null)
        {
            var some = Rows.Origins(ml, Origins(table, model.Window).Take(256), model.Window, table.Horizon);
            report = report with
            {
                Epochs = model.History.Count,
                TrainSeconds = model.Seconds,
                OnnxMaxAbsDiff = model.SaveAndCompare(ml, folder, Rows.Values(ml, table.Columns).Schema, some),
            };
            HistoryPlot.Save(folder.File("history.png"), model.History, $"{table.Title}: training, the first of {Recipe.Networks.Length} networks", Trained.LossLabel, Trained.ErrorLabel);
        }
        // Baselines read the window, too: all values up to each of thousands of origins would be gigabytes.
        Scored[] methods =
        [
            Scored.By(ml, ModelName, model.Network, origins, Methods.Evaluation(season, Columns.Window)),
            .. Methods.Baselines(ml, season, table.Horizon, origins, Columns.Window),
        ];
        ResultReport.Write(folder, methods, ResultReport.TableMetrics, report);
        ForecastPages.Write(folder, table, methods);
    }

    private static Trained Train(MLContext ml, WideTable table, ForecastingSettings settings, CancellationToken cancellation)
    {
        int season = table.Frequency.Season;
        int[] lengths = [.. table.Columns.Select(_ => table.Training)];
        var recipe = Recipe.For(table.Frequency, table.Horizon, lengths, settings.Common.Epochs);
        var training = table.Columns.Select(c => c with { Values = c.Values[..table.Training] });
        // Windows may begin in the training part; what they are to forecast lies behind it.
        int first = Math.Max(0, table.Training - recipe.Window);
        var validation = table.Columns.Select(c => c with { Values = c.Values[first..table.TestStart] });
        return Trained.Train(ml, recipe, table.Horizon, season, training, validation, settings.Common, cancellation);
    }

    // Column by column, from the last row before the test part on.
    private static IEnumerable<(string, ArraySegment<float>, float[])> Origins(WideTable table, int window)
    {
        foreach (var (column, known) in table.Columns.Zip(table.Known))
        {
            for (int origin = table.TestStart; origin + table.Horizon <= table.Rows; origin++)
            {
                int start = Math.Max(0, origin - window);
                yield return (column.Id, new(column.Values, start, origin - start), known[origin..(origin + table.Horizon)]);
            }
        }
    }
}
