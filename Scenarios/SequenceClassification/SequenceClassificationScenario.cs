using Microsoft.ML;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>The scenario from the sequences to the pictures.</summary>
internal static class SequenceClassificationScenario
{
    public static int Run(SequenceClassificationSettings settings, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Common.Out);
        var ml = new MLContext(settings.Common.Seed);
        var data = ClassificationData.Load(ml, settings);
        if (settings.Common.Model is { } file)
            Score(ml, settings, folder, data, file);
        else
            Train(ml, settings, folder, data, cancellation);
        folder.PrintWritten();
        return 0;
    }

    private static void Train(
        MLContext ml, SequenceClassificationSettings settings, OutputFolder folder, ClassificationData data, CancellationToken cancellation)
    {
        data.CheckClasses();
        Console.WriteLine($"Training {settings.Cell}:");
        var trained = SequenceClassifier.Train(ml, data, settings, cancellation);
        double difference = SavedModel.SaveAndCompare(ml, folder, data, trained);
        HistoryPlot.Save(folder.File("history.png"), trained.History, $"{trained.Name.ToUpperInvariant()} on {data.Title}: training{(trained.Networks > 1 ? $", the first of {trained.Networks} networks" : "")}");
        data.PrintUnseen(data.TrainLabels);
        var predictions = Predictions.Read(trained.Name, trained.Model.Transform(data.Test));
        ResultReport.Write(ml, folder, data, predictions, Baselines.All(settings.Common.Seed, data), Report(settings) with
        {
            Epochs = trained.History.Count,
            TrainSeconds = trained.Seconds,
            OnnxMaxAbsDiff = difference,
        });
        Console.WriteLine($"model.zip and model.onnx, read back, give the same probabilities (largest difference {difference:g2}).");
    }

    private static void Score(MLContext ml, SequenceClassificationSettings settings, OutputFolder folder, ClassificationData data, string file)
    {
        var (predictions, classes) = SavedModel.Score(ml, data, file);
        data.PrintUnseen(classes);
        ResultReport.Write(ml, folder, data, predictions, Baselines.All(settings.Common.Seed, data), Report(settings));
    }

    private static ScenarioReport Report(SequenceClassificationSettings settings) =>
        new() { Scenario = "SequenceClassification", Seed = settings.Common.Seed, Models = [] };
}
