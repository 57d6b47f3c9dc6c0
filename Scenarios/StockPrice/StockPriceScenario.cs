using Microsoft.ML;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>The scenario from the series to the pictures.</summary>
internal static class StockPriceScenario
{
    public static int Run(StockPriceSettings settings, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Common.Out);
        var ml = new MLContext(settings.Common.Seed);
        if (settings.Common.Model is { } file)
            Score(ml, settings, folder, file);
        else
            Train(ml, settings, folder, cancellation);
        folder.PrintWritten();
        return 0;
    }

    private static void Train(MLContext ml, StockPriceSettings settings, OutputFolder folder, CancellationToken cancellation)
    {
        var windows = Load(ml, settings);
        var trained = (settings.Cell == "all" ? CellChoice.Names : [settings.Cell])
            .Select(cell => PriceModel.Train(ml, windows, cell, settings, cancellation)).ToArray();
        // The validation part chooses: the test part must not.
        var (model, transformer) = trained.MinBy(t => BestLoss(t.Model.Model));
        if (trained.Length > 1)
            Console.WriteLine($"{model.Name} has the lowest validation loss: it is the one that is saved and drawn, and stands first.");
        double difference = SavedModel.SaveAndCompare(ml, folder, windows, transformer);
        HistoryPlot.Save(folder.File("history.png"), transformer.History, $"{model.Name.ToUpperInvariant()} on "
            + $"{windows.Series.Title}: training");
        Report(ml, settings, folder, windows, [model, .. trained.Select(t => t.Model).Where(m => m != model)]);
        Console.WriteLine($"model.zip and model.onnx, read back, predict the same (largest difference {difference:g2} of the value).");
    }

    private static void Score(MLContext ml, StockPriceSettings settings, OutputFolder folder, string file)
    {
        var (model, column) = SavedModel.Load(ml, file);
        bool isSynthetic = settings.Data is null && settings.Source == "synthetic"; // one column, which needs no name
        var windows = Load(ml, settings with
        {
            Window = model.Manifest.Steps,
            Horizon = model.Manifest.Outputs[0].Length,
            Column = isSynthetic ? settings.Column : settings.Column ?? column,
        });
        var test = PredictionReader.Read(model, windows);
        Report(ml, settings, folder, windows, [new PriceModel(model.Manifest.Network.Cell, model, test)]);
    }

    private static WindowedSeries Load(MLContext ml, StockPriceSettings settings)
    {
        var windows = new WindowedSeries(ml, Series.Load(ml, settings), settings.Window, settings.Horizon);
        Console.WriteLine($"{windows.Series.Title}: {windows.Rows} rows, windows of {windows.Window}, {windows.Horizon} ahead; "
            + "the last fifth is the test part.");
        return windows;
    }

    private static void Report(MLContext ml, StockPriceSettings settings, OutputFolder folder, WindowedSeries windows, PriceModel[] models)
    {
        // A context of its own: the linear baseline is the same whatever was trained before it.
        TestPredictions[] baselines = [Baselines.Persistence(windows), Baselines.Linear(new MLContext(settings.Common.Seed), windows)];
        ResultReport.Print(ml, models, baselines);
        PredictionPicture.Save(folder.File("predictions.png"), windows, models[0], baselines[0]);
        ResultReport.Save(ml, settings, folder.File("report.json"), models, baselines);
    }

    private static double BestLoss(SequenceModel model)
    {
        var training = model.Manifest.Training;
        var best = training.History.First(e => e.Epoch == training.BestEpoch);
        return best.ValidationLoss ?? best.TrainingLoss;
    }
}
