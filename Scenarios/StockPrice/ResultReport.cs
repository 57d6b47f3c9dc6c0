using Microsoft.ML;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>The table on the console, the verdict in words, and <c>report.json</c>.</summary>
internal static class ResultReport
{
    private static readonly string[] Headers = ["model", "parameters", "seconds", "RMSE", "MAE", "MAPE %", "R2"];

    public static void Print(MLContext ml, PriceModel[] models, TestPredictions[] baselines)
    {
        List<(string Name, double Rmse)> ranking = [];
        List<string[]> rows = [];
        foreach (var model in models)
            Add(model.Test, $"{model.Model.Manifest.Network.Parameters:n0}", $"{model.Model.Manifest.Training.Seconds:f1}");
        foreach (var baseline in baselines)
            Add(baseline, "", "");
        ResultTable.Write(Headers, rows);
        Console.WriteLine(Verdict(ranking));
        if (CrossesZero(models[0].Test))
            Console.WriteLine("MAPE says little here: the series crosses zero, where a percentage has no meaning.");

        void Add(TestPredictions test, string parameters, string seconds)
        {
            var m = test.Metrics(ml);
            rows.Add([test.Name, parameters, seconds, $"{m["rmse"]:g4}", $"{m["mae"]:g4}", $"{m["mape"]:g4}", $"{m["r2"]:f4}"]);
            ranking.Add((test.Name, m["rmse"]));
        }
    }

    public static void Save(MLContext ml, StockPriceSettings settings, string path, PriceModel[] models, TestPredictions[] baselines)
    {
        var training = models[0].Model.Manifest.Training;
        bool isTrained = settings.Common.Model is null;
        new ScenarioReport
        {
            Scenario = "StockPrice",
            Seed = settings.Common.Seed,
            Epochs = isTrained ? training.History.Length : null,
            TrainSeconds = isTrained ? training.Seconds : null,
            OnnxMaxAbsDiff = models.Max(m => m.Model.Manifest.Training.OnnxMaxAbsDiff),
            Models = [.. models.Select(m => new ModelReport(m.Name, m.Test.Metrics(ml)))],
            Baselines = baselines.ToDictionary(b => b.Name.Split(' ')[0], b => b.Metrics(ml)),
        }.Save(path);
    }

    private static bool CrossesZero(TestPredictions test) => test.Actual.Any(r => r[0] <= 0) && test.Actual.Any(r => r[0] > 0);

    private static string Verdict(List<(string Name, double Rmse)> ranking)
    {
        var winner = ranking.MinBy(r => r.Rmse);
        double persistence = ranking.First(r => r.Name == "persistence").Rmse;
        double share = ranking[0].Rmse / persistence;
        string comparison = share < 1
            ? $"{ranking[0].Name} has {1 - share:p2} less error than persistence"
            : $"{ranking[0].Name} does not beat persistence ({share - 1:p2} more error)";
        return $"The lowest RMSE on the test part is that of {winner.Name} ({winner.Rmse:g4}); {comparison}"
            + (winner.Name == "persistence" ? ", as is usual for prices: the last value already says almost all that the past does." : ".");
    }
}
