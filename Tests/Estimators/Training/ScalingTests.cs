using Microsoft.ML;

namespace MlNetRnn.Tests;

[TestClass]
public class ScalingTests
{
    private static readonly MLContext Ml = new();

    [TestMethod]
    public void Means_and_scales_are_those_of_the_training_rows()
    {
        var examples = Shifted(0);
        var training = examples.Slice(..32);
        var scaling = Fit(examples).Model.Manifest.Scaling;
        for (int f = 0; f < 2; f++)
        {
            var (mean, scale) = Moments(training.Sequences.SelectMany(s => s.Where((_, i) => i % 2 == f)));
            Assert.AreEqual(mean, scaling.FeatureMeans[f], 1e-4 * Math.Abs(mean));
            Assert.AreEqual(scale, scaling.FeatureScales[f], 1e-4 * scale);
        }
        var target = Moments(training.Labels.Select(l => l[0]));
        Assert.AreEqual(target.Mean, scaling.TargetMeans[0], 1e-4 * Math.Abs(target.Mean));
        Assert.AreEqual(target.Scale, scaling.TargetScales[0], 1e-4 * target.Scale);
    }

    [TestMethod]
    public void Validation_rows_do_not_change_the_scaling()
    {
        ScalingSummary one = Fit(Shifted(0)).Model.Manifest.Scaling, other = Fit(Shifted(1000)).Model.Manifest.Scaling;
        Assert.AreSequenceEqual(one.FeatureMeans, other.FeatureMeans);
        Assert.AreSequenceEqual(one.FeatureScales, other.FeatureScales);
        Assert.AreEqual(one.TargetMeans[0], other.TargetMeans[0]);
        Assert.AreEqual(one.TargetScales[0], other.TargetScales[0]);
    }

    [TestMethod]
    public void Rows_shared_by_overlapping_windows_count_once()
    {
        float[] series = [.. Enumerable.Range(0, 40).Select(i => (float)(i * i))];
        var windows = Examples.Windows(series, steps: 8);
        var scaling = Fit(windows, new()).Model.Manifest.Scaling;
        int training = windows.Count - (int)(windows.Count * 0.2);
        Assert.AreEqual(series[..(training + 7)].Average(), scaling.FeatureMeans[0], 0.01);
    }

    [TestMethod]
    public void Output_is_in_the_units_of_the_target()
    {
        // the label is a large constant but for a little: a model that did not undo the scaling would be far off
        var examples = Examples.Random(60).WithLabels((_, l) => [5000 + l[0]]);
        foreach (float score in examples.Score(Fit(examples)))
            Assert.AreEqual(5000, score, 10);
    }

    [TestMethod]
    public void A_larger_unit_gives_the_same_predictions_in_that_unit()
    {
        var examples = Examples.Random(40);
        var larger = examples with
        {
            Sequences = [.. examples.Sequences.Select(s => s.Select(v => v * 1024).ToArray())],
            Labels = [.. examples.Labels.Select(l => l.Select(v => v * 4096).ToArray())],
        };
        float[] expected = examples.Score(Fit(examples)), actual = larger.Score(Fit(larger));
        Assert.IsLessThan(1e-4, Difference.Max(expected, [.. actual.Select(v => v / 4096)]));
    }

    [TestMethod]
    public void Without_standardising_the_scaling_is_the_identity()
    {
        var scaling = Fit(Examples.Random(40), new() { StandardizeFeatures = false, StandardizeTarget = false }).Model.Manifest.Scaling;
        Assert.AreSequenceEqual([0f, 0f], scaling.FeatureMeans);
        Assert.AreSequenceEqual([1f, 1f], scaling.FeatureScales);
        Assert.AreEqual((0f, 1f), (scaling.TargetMeans[0], scaling.TargetScales[0]));
    }

    [TestMethod]
    public void A_constant_feature_and_target_do_no_harm()
    {
        var examples = Examples.Random(40);
        examples = examples with
        {
            Sequences = [.. examples.Sequences.Select(s => s.Select((v, i) => i % 2 == 0 ? 7.7f : v).ToArray())],
            Labels = [.. examples.Labels.Select(_ => new[] { 3.3f })],
        };
        var model = Fit(examples);
        Assert.AreEqual(1, model.Model.Manifest.Scaling.FeatureScales[0]);
        Assert.IsTrue(examples.Score(model).All(float.IsFinite));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void With_differencing_a_shift_of_the_level_shifts_the_prediction(bool standardize)
    {
        var windows = Examples.Windows(Series.NoisySine(150), steps: 10);
        using var model = Fit(windows, new() { Difference = true, StandardizeFeatures = standardize, StandardizeTarget = standardize });
        Examples test = windows.Slice(100..), shifted = Shift(test, 16); // a power of two: little is lost to rounding
        Assert.IsLessThan(1e-3, Difference.Max([.. test.Score(model).Select(v => v + 16)], shifted.Score(model)));
    }

    [TestMethod]
    public void With_differencing_training_on_a_shifted_series_predicts_the_shifted_values()
    {
        var windows = Examples.Windows(Series.NoisySine(150), steps: 10);
        var shifted = Shift(windows, 16);
        ScalingOptions scaling = new() { Difference = true };
        Assert.IsLessThan(1e-3, Difference.Max([.. windows.Score(Fit(windows, scaling)).Select(v => v + 16)], shifted.Score(Fit(shifted, scaling))));
    }

    [TestMethod]
    public void Without_differencing_the_level_matters()
    {
        var windows = Examples.Windows(Series.NoisySine(150), steps: 10);
        using var model = Fit(windows, new());
        Assert.IsGreaterThan(1, Difference.Max([.. windows.Score(model).Select(v => v + 16)], Shift(windows, 16).Score(model)));
    }

    [TestMethod]
    public void Differenced_feature_is_the_one_asked_for()
    {
        // the label is the last value of feature 1, a large one: counted from feature 0 it would be far away
        var random = Examples.Random(60);
        var examples = random with { Sequences = [.. random.Sequences.Select(s => s.Select((v, i) => i % 2 == 1 ? v * 1000 : v).ToArray())] };
        examples = examples.WithLabels((i, _) => [examples.Sequences[i][^1]]);
        using var model = Fit(examples, new() { Difference = true, TargetFeature = 1 });
        Assert.AreEqual(1, model.Model.Manifest.Scaling.DifferencedFeatures!.Value[0]);
        Assert.IsLessThan(5, Difference.Max([.. examples.Labels.Select(l => l[0])], examples.Score(model)));
    }

    [TestMethod]
    public void Differenced_feature_must_be_known()
    {
        var e = Assert.ThrowsExactly<ArgumentException>(() => Fit(Examples.Random(60), new() { Difference = true }));
        Assert.Contains("Scaling.TargetFeature", e.Message);
        e = Assert.ThrowsExactly<ArgumentException>(() => Fit(Examples.Random(60), new() { Difference = true, TargetFeature = 2 }));
        Assert.Contains("Scaling.TargetFeature is 2", e.Message);
    }

    private static Examples Shifted(float validationShift)
    {
        var examples = Examples.Random(40);
        return examples with
        {
            Sequences = [.. examples.Sequences.Select((s, i) => s.Select((v, j) => v * (1 + j % 2) + 3 + (i < 32 ? 0 : validationShift)).ToArray())],
            Labels = [.. examples.Labels.Select((l, i) => new[] { l[0] * 5 - 2 + (i < 32 ? 0 : validationShift) })],
        };
    }

    private static Examples Shift(Examples examples, float by) => examples with
    {
        Sequences = [.. examples.Sequences.Select(s => s.Select(v => v + by).ToArray())],
        Labels = [.. examples.Labels.Select(l => l.Select(v => v + by).ToArray())],
    };

    private static (double Mean, double Scale) Moments(IEnumerable<float> values)
    {
        double[] all = [.. values.Select(v => (double)v)];
        double mean = all.Average();
        return (mean, Math.Sqrt(all.Average(v => (v - mean) * (v - mean))));
    }

    private static SequenceTransformer Fit(Examples examples, ScalingOptions? scaling = null) => Ml.Regression.Trainers
        .Recurrent(Networks.Tiny.Train(t => t with { ValidationFraction = 0.2 }) with { Scaling = scaling ?? new() }).Fit(examples.View(Ml));
}
