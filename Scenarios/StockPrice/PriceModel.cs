using Microsoft.ML;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>A trained recurrent model and its test predictions.</summary>
/// <param name="Name">The cell's name.</param>
/// <param name="Model">The trained model.</param>
/// <param name="Test">Its predictions for the test rows.</param>
internal sealed record PriceModel(string Name, SequenceModel Model, TestPredictions Test)
{
    /// <summary>Trains a cell on the training windows.</summary>
    public static (PriceModel Model, SequenceTransformer Transformer) Train(
        MLContext ml, WindowedSeries windows, string cell, StockPriceSettings settings, CancellationToken cancellation)
    {
        Console.WriteLine($"Training {cell}:");
        var transformer = EpochProgress.Run(cell, settings.Common.Epochs, progress =>
        {
            var options = CellChoice.Options(cell) with
            {
                Scaling = new() { Difference = true }, // prices have no fixed level: predict the change
                Training = new()
                {
                    Epochs = settings.Common.Epochs,
                    BatchSize = settings.Batch,
                    ValidationFraction = 0.2, // a tenth of a short series is too noisy a judge of epochs
                    EarlyStopping = new() { Patience = 10 },
                    ReduceLearningRate = new() { Patience = 4, Factor = 0.5 },
                    Seed = settings.Common.Seed,
                    Progress = progress,
                    CancellationToken = cancellation,
                },
            };
            var trainer = windows.Horizon == 1
                ? ml.Regression.Trainers.Recurrent(WindowedSeries.LabelColumn, WindowedSeries.WindowColumn, options)
                : ml.Forecasting.ForecastByRecurrent("Forecast", WindowedSeries.WindowColumn, WindowedSeries.LabelColumn, options);
            return trainer.Fit(windows.Train);
        });
        return (Score(cell, transformer, windows), transformer);
    }

    /// <summary>Scores the test windows.</summary>
    public static PriceModel Score(string name, SequenceTransformer transformer, WindowedSeries windows)
    {
        string output = transformer.Model.Manifest.Outputs[0].Name;
        return new(name, transformer.Model, TestPredictions.Read(name, transformer.Transform(windows.Test), output, windows.Horizon));
    }
}
