using CsCheck;
using Microsoft.ML;

namespace MlNetRnn.Tests;

[TestClass]
public class ValidationSplitTests
{
    // Rows of the series behind them: sequence i ends at row i · stride, and its label reaches to row i · stride + horizon.
    [TestMethod]
    public void Latest_labelled_part_validates_and_no_training_label_reaches_into_it() => Gen.Select(
        Gen.Int[3, 200], Gen.Double[0.02, 0.9], Gen.Int[1, 12], Gen.Int[1, 5], Gen.Int[0, 30], Gen.Int[0, 1_000_000]).Sample(
        (count, fraction, horizon, stride, missing, seed) =>
    {
        var random = new Random(seed);
        var examples = Examples.Random(count, steps: 1, features: 1).WithLabels((_, label) => random.Next(100) < missing ? [float.NaN] : label);
        int[] labelled = [.. Enumerable.Range(0, count).Where(i => !float.IsNaN(examples.Labels[i][0]))];
        int validating = (int)(labelled.Length * fraction);
        ValidationSplit split;
        try
        {
            split = ValidationSplit.Create(examples.Read(), fraction, horizon / stride);
        }
        catch (InvalidOperationException)
        {
            // right only where nothing would be left
            return validating == 0 || !labelled.SkipLast(validating).Any(i => i * stride + horizon < labelled[^validating] * stride);
        }
        int firstRow = split.Validation[0] * stride;
        return split.Validation.SequenceEqual(labelled.TakeLast(validating))
            && split.Training.SequenceEqual(labelled.SkipLast(validating).Where(i => i * stride + horizon < firstRow)); // all that may train do
    }, iter: 300);

    [TestMethod]
    public void Fraction_of_zero_trains_on_all_labelled_rows()
    {
        var split = ValidationSplit.Create(Examples.Random(5).WithLabels((i, l) => i == 2 ? [float.NaN] : l).Read(), 0, gap: 3);
        Assert.AreSequenceEqual([0, 1, 3, 4], split.Training);
        Assert.IsEmpty(split.Validation);
    }

    [TestMethod]
    public void Label_of_several_steps_counts_as_labelled_by_any_of_them()
    {
        var examples = Examples.Random(4, labelSize: 2).WithLabels((i, l) => i switch { 0 => [float.NaN, l[1]], 1 => [float.NaN, float.NaN], _ => l });
        Assert.AreSequenceEqual([0, 2, 3], ValidationSplit.Create(examples.Read(), 0, gap: 0).Training);
    }

    [TestMethod]
    public void Trainer_takes_the_reach_of_labels_from_the_windowing_step()
    {
        var ml = new MLContext();
        var rows = ml.Data.LoadFromEnumerable(Series.NoisySine(120).Select(v => new Row { Value = v }));
        var data = ml.Transforms.SlidingWindow("Window", ["Value"], windowLength: 6, horizon: 5, stride: 2).Fit(rows).Transform(rows);
        using var model = ml.Forecasting.ForecastByRecurrent(options: Networks.Tiny.Train(t => t with { Epochs = 1, ValidationFraction = 0.2 })).Fit(data);
        // anchors 5, 7, … 119: 58 windows, of them 57 with at least one value ahead; 11 validate; 2 more before them reach into those
        var training = model.Model.Manifest.Training;
        Assert.AreEqual(11, training.ValidationSequences);
        Assert.AreEqual(57 - 11 - 2, training.TrainingSequences);
    }

    private sealed class Row
    {
        public float Value { get; set; }
    }
}
