using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Training learns what there is to learn.</summary>
[TestClass]
public class LearningTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("rnn", false)]
    [DataRow("lstm", false)]
    [DataRow("gru", false)]
    [DataRow("lstm", true)]
    public void Noisy_sine_is_predicted_better_than_by_persistence(string cell, bool bidirectional)
    {
        var windows = Examples.Windows(Series.NoisySine(800), steps: 20);
        Examples training = windows.Slice(..600), test = windows.Slice(620..);
        var ml = new MLContext();
        var options = new RecurrentOptions
        {
            Cell = Networks.Cell(cell),
            Bidirectional = bidirectional,
            HiddenSizes = [16],
            DenseSizes = [],
            Dropout = 0,
            Training = new() { Epochs = 12, LearningRate = 0.01, Seed = 1 },
        };
        using var model = ml.Regression.Trainers.Recurrent(options).Fit(training.View(ml));
        double rmse = Math.Sqrt(test.MeanSquaredError(model));
        double persistence = Math.Sqrt(test.Sequences.Zip(test.Labels, (s, l) => Math.Pow(s[^1] - l[0], 2)).Average());
        TestContext.WriteLine($"RMSE {rmse:f4}, persistence {persistence:f4}");
        Assert.IsLessThan(0.9 * persistence, rmse);
    }

    [TestMethod]
    public void Several_steps_of_a_sine_are_forecast()
    {
        const int Horizon = 5;
        var windows = Examples.Windows(Series.NoisySine(500, noise: 0.01), steps: 16, Horizon);
        var ml = new MLContext();
        var options = new RecurrentOptions
        {
            Cell = RecurrentCell.Gru,
            HiddenSizes = [12],
            DenseSizes = [],
            Dropout = 0,
            Training = new() { Epochs = 15, LearningRate = 0.01, Seed = 1 },
        };
        using var model = ml.Forecasting.ForecastByRecurrent(inputColumnName: "Features", options: options).Fit(windows.Slice(..380).View(ml));
        var test = windows.Slice(400..);
        float[][] forecasts = test.Forecast(model);
        for (int k = 0; k < Horizon; k++)
        {
            double rmse = Math.Sqrt(forecasts.Zip(test.Labels, (f, l) => Math.Pow(f[k] - l[k], 2)).Average());
            double persistence = Math.Sqrt(test.Sequences.Zip(test.Labels, (s, l) => Math.Pow(s[^1] - l[k], 2)).Average());
            TestContext.WriteLine($"step {k + 1}: RMSE {rmse:f4}, persistence {persistence:f4}");
            Assert.IsLessThan(0.7 * persistence, rmse, $"step {k + 1}");
        }
    }
}
