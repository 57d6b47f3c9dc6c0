using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Steps of a label that are not known are left out, and the others count as if they were alone.</summary>
[TestClass]
public class MaskedLabelTests
{
    private const int Horizon = 3;

    // NaN tails, as windowing leaves them at the end of a series, and gaps in the middle and at the start
    private static readonly Examples Gaps = Examples.Random(48, labelSize: Horizon).WithLabels((i, l) => (i % 6) switch
    {
        0 => [l[0], float.NaN, float.NaN],
        1 => [l[0], l[1], float.NaN],
        2 => [l[0], float.NaN, l[2]],
        3 => [float.NaN, l[1], l[2]],
        _ => l,
    });

    [TestMethod]
    public void Loss_and_error_are_means_over_the_known_steps()
    {
        // a rate too small to change the initial weights: the model's forecasts are those that the epoch's loss was computed from
        var options = Networks.Tiny.Train(t => t with { Epochs = 1, LearningRate = 1e-30, ValidationFraction = 0 });
        using var model = Fit(Gaps, options);
        var scaling = model.Model.Manifest.Scaling;
        double[] errors = [.. Gaps.Forecast(model).Zip(Gaps.Labels)
            .SelectMany(row => row.First.Zip(row.Second, (f, l) => (f - l) / (double)scaling.TargetScales[0])).Where(double.IsFinite)];
        Assert.HasCount(48 * Horizon - 8 * 5, errors);
        Assert.AreEqual(errors.Average(e => e * e), model.History[0].TrainingLoss, 1e-5);
        Assert.AreEqual(errors.Average(Math.Abs), model.History[0].TrainingMeanAbsoluteError!.Value, 1e-5);
    }

    [TestMethod]
    public void Target_is_scaled_by_the_known_steps()
    {
        using var model = Fit(Gaps, Networks.Tiny.Train(t => t with { ValidationFraction = 0 }));
        double[] known = [.. Gaps.Labels.SelectMany(l => l).Where(float.IsFinite).Select(v => (double)v)];
        double mean = known.Average();
        Assert.AreEqual(mean, model.Model.Manifest.Scaling.TargetMeans[0], 1e-6);
        Assert.AreEqual(Math.Sqrt(known.Average(v => (v - mean) * (v - mean))), model.Model.Manifest.Scaling.TargetScales[0], 1e-6);
    }

    [TestMethod]
    public void Gradients_are_those_of_the_known_steps_alone()
    {
        using var scope = torch.NewDisposeScope();
        var sequences = Gaps.Read();
        int[] all = [.. Enumerable.Range(0, Gaps.Count)];
        using var loader = new BatchLoader(sequences, Scaler.Fit(sequences, all, new() { StandardizeTarget = false }, 1, null), new LabelWeights(Horizon, false, null), torch.CPU);
        var batch = loader.Load(all);
        float[] predicted = [.. Enumerable.Range(0, all.Length * Horizon).Select(i => (float)Math.Sin(i))];
        var prediction = torch.tensor(predicted, [all.Length, Horizon], requires_grad: true);
        new ForecastingTask(new() { OutputColumnName = "Forecast" }).LossSum(prediction, batch.Target, batch.Weights).backward();

        float[] labels = [.. Gaps.Labels.SelectMany(l => l)];
        float[] expected = [.. predicted.Zip(labels, (p, l) => float.IsNaN(l) ? 0 : 2 * (p - l))];
        Assert.IsLessThan(1e-5, Difference.Max(expected, TensorData.Read(prediction.grad!)));
        Assert.AreEqual(labels.Count(float.IsFinite), batch.WeightSum);
    }

    [TestMethod]
    public void Unknown_tails_do_not_stop_a_sine_from_being_learnt()
    {
        var windows = Examples.Windows(Series.NoisySine(400, noise: 0.01), steps: 12, Horizon);
        var gaps = windows.WithLabels((i, l) => i % 2 == 0 ? l : [l[0], float.NaN, float.NaN]);
        var options = new RecurrentOptions
        {
            Cell = RecurrentCell.Gru,
            HiddenSizes = [12],
            DenseSizes = [],
            Dropout = 0,
            Training = new() { Epochs = 20, LearningRate = 0.01, Seed = 1 },
        };
        using var model = Fit(gaps, options);
        double error = windows.Forecast(model).Zip(windows.Labels, (f, l) => f.Zip(l, (a, b) => Math.Pow(a - b, 2)).Average()).Average();
        double persistence = windows.Sequences.Zip(windows.Labels, (s, l) => l.Average(v => Math.Pow(s[^1] - v, 2))).Average();
        Assert.IsLessThan(0.5 * persistence, error);
    }

    [TestMethod]
    public void Rows_without_any_label_are_as_if_they_were_not_there()
    {
        var examples = Examples.Random(40);
        var unlabelled = Examples.Random(20, seed: 9).WithLabels((_, _) => [float.NaN]);
        var mixed = examples with
        {
            Sequences = [.. examples.Sequences.Concat(unlabelled.Sequences)],
            Labels = [.. examples.Labels.Concat(unlabelled.Labels)],
        };
        var ml = new MLContext();
        var estimator = ml.Regression.Trainers.Recurrent(Networks.Tiny);
        Assert.AreSequenceEqual(examples.Score(estimator.Fit(examples.View(ml))), examples.Score(estimator.Fit(mixed.View(ml))));
    }

    private static SequenceTransformer Fit(Examples examples, RecurrentOptions options)
    {
        var ml = new MLContext();
        return ml.Forecasting.ForecastByRecurrent(inputColumnName: "Features", options: options).Fit(examples.View(ml));
    }
}
