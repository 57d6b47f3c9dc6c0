using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>
/// The adding problem (Hochreiter and Schmidhuber, 1997): each step has a random value and a marker; the label is the sum of the two
/// marked values, one in each half. Only a memory over many steps solves it.
/// </summary>
[TestClass]
public class AddingProblemTests
{
    private const int Steps = 50;
    private const double Trivial = 0.1667; // of always predicting the mean: twice the variance of a uniform value

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Lstm_solves_it() => Assert.IsLessThan(0.01, Train(RecurrentCell.Lstm));

    [TestMethod]
    public void Gru_solves_it() => Assert.IsLessThan(0.01, Train(RecurrentCell.Gru));

    // Shown beside, not judged: that a plain network forgets is the literature's finding, not this library's promise.
    [TestMethod]
    public void Tanh_rnn_is_shown_beside() => Assert.IsTrue(double.IsFinite(Train(RecurrentCell.Rnn)));

    [TestMethod]
    public void Trivial_predictor_is_where_it_should_be() =>
        Assert.AreEqual(Trivial, Problems(20_000, seed: 3).Labels.Average(l => Math.Pow(l[0] - 1, 2)), 0.005);

    private double Train(RecurrentCell cell)
    {
        var ml = new MLContext();
        var options = new RecurrentOptions
        {
            Cell = cell,
            HiddenSizes = [24],
            DenseSizes = [],
            Dropout = 0,
            Training = new()
            {
                Epochs = 16,
                BatchSize = 50,
                LearningRate = 0.01,
                Seed = 1,
                ValidationFraction = 0.05,
                ReduceLearningRate = new() { Patience = 4, Factor = 0.5 },
                EarlyStopping = new() { Patience = 20 },
            },
        };
        using var model = ml.Regression.Trainers.Recurrent(options).Fit(Problems(5000, seed: 1).View(ml));
        double error = Problems(1000, seed: 2).MeanSquaredError(model);
        TestContext.WriteLine($"{cell}: MSE {error:g3} on fresh sequences (trivial {Trivial}); validation by epoch: {string.Join(" ", model.History.Select(h => $"{h.ValidationLoss:f3}"))}; {model.Model.Manifest.Training.Seconds:f1} s");
        return error;
    }

    private static Examples Problems(int count, int seed)
    {
        var random = new Random(seed);
        var sequences = new float[count][];
        var labels = new float[count][];
        for (int i = 0; i < count; i++)
        {
            var sequence = sequences[i] = new float[Steps * 2];
            for (int t = 0; t < Steps; t++)
                sequence[t * 2] = random.NextSingle();
            int first = random.Next(Steps / 2), second = random.Next(Steps / 2, Steps);
            sequence[first * 2 + 1] = sequence[second * 2 + 1] = 1;
            labels[i] = [sequence[first * 2] + sequence[second * 2]];
        }
        return new(2, sequences, labels);
    }
}
