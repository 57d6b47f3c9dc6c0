using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests;

/// <summary>Several networks whose predictions are averaged in one model.</summary>
[TestClass]
public class EnsembleTests
{
    private static readonly MLContext Ml = new(1);

    [TestMethod]
    public void A_prediction_is_the_mean_of_the_members()
    {
        var data = Examples.Random(60).View(Ml);
        using var ensemble = Ml.Regression.Trainers.Recurrent(Networks.Tiny with { Members = 3 }).Fit(data);

        var seeds = ensemble.Model.Manifest.Training.Members.Select(m => m.Seed).ToArray();
        Assert.HasCount(3, seeds.Distinct());
        float[][] members = [.. seeds.Select(seed =>
        {
            using var one = Ml.Regression.Trainers.Recurrent(Networks.Tiny.Train(t => t with { Seed = seed })).Fit(data);
            return Scores(one, data);
        })];
        float[] mean = [.. Enumerable.Range(0, 60).Select(i => members.Average(m => m[i]))];
        Assert.IsLessThan(1e-6, Difference.Max(mean, Scores(ensemble, data)));
        Assert.IsGreaterThan(1e-3, Difference.Max(members[0], members[1]), "the members differ");
    }

    [TestMethod]
    public void Members_of_a_classifier_are_validated_on_parts_that_together_are_nearly_all()
    {
        var rows = Classes(90);
        var options = Networks.Tiny with { Members = 5, Training = Networks.Tiny.Training with { ValidationFraction = 0.2 } };
        using var model = Trainer(options).Fit(rows);

        var members = model.Model.Manifest.Training.Members;
        Assert.HasCount(5, members);
        Assert.AreEqual(90, members.Sum(m => m.ValidationSequences), 3, "the first of each class always trains");
        Assert.AreEqual(5, model.Model.Manifest.Network.Members);
        Assert.Contains("5 networks, whose predictions are averaged", model.Summary());
        Assert.IsLessThan(1e-4, model.Model.Manifest.Training.OnnxMaxAbsDiff);
        foreach (float[] scores in model.Transform(rows).GetColumn<float[]>("Score"))
            Assert.AreEqual(1, scores.Sum(), 1e-5, "a mean of probabilities");
    }

    [TestMethod]
    public void Label_score_and_probability_of_two_classes_agree()
    {
        var rows = Ml.Transforms.Expression("Label", "x => x > 0", "Label").Fit(Examples.Random(80).View(Ml)).Transform(Examples.Random(80).View(Ml));
        using var model = Ml.BinaryClassification.Trainers.Recurrent(Networks.Tiny with { Members = 2 }).Fit(rows);

        var scored = model.Transform(rows);
        var (label, score, probability) = (scored.GetColumn<bool>("PredictedLabel").ToArray(), scored.GetColumn<float>("Score").ToArray(),
            scored.GetColumn<float>("Probability").ToArray());
        for (int i = 0; i < label.Length; i++)
        {
            Assert.AreEqual(1 / (1 + Math.Exp(-score[i])), probability[i], 1e-6);
            Assert.AreEqual(score[i] > 0, label[i]);
        }
    }

    [TestMethod]
    public void It_is_one_file_that_scores_the_same()
    {
        var rows = Classes(60);
        using var model = Trainer(Networks.Tiny with { Members = 3 }).Fit(rows);
        using var file = new TemporaryFolder();
        Ml.Model.SaveAsOnnx(model, rows.Schema, file["e.onnx"], new() { SampleRows = rows });

        using var predictor = SequencePredictor.Load(file["e.onnx"]);
        float[][] expected = [.. model.Transform(rows).GetColumn<float[]>("Score")];
        float[][] sequences = [.. rows.GetColumn<float[]>("Features")];
        for (int i = 0; i < 60; i++)
            Assert.IsLessThan(1e-6, Difference.Max(expected[i], predictor.Predict(sequences[i])));
        Fails.With<NotSupportedException>(() => Ml.Model.SaveAsOnnx(model, rows.Schema, file["s.onnx"], new() { Streaming = true }), "mean of 3 networks");
    }

    [TestMethod]
    public void Same_seed_same_model()
    {
        var rows = Classes(40);
        float[] Score()
        {
            using var model = Trainer(Networks.Tiny with { Members = 2, Dropout = 0.3 }).Fit(rows);
            return [.. model.Transform(rows).GetColumn<float[]>("Score").SelectMany(s => s)];
        }
        Assert.AreSequenceEqual(Score(), Score());
    }

    [TestMethod]
    public void Cancelled_after_a_member_it_gives_those_that_were_trained()
    {
        using var cancel = new CancellationTokenSource();
        int epochs = 0;
        var progress = new RecordedProgress(_ =>
        {
            if (++epochs == 3)
                cancel.Cancel();
        });
        var options = (Networks.Tiny with { Members = 5 }).Train(t => t with { Epochs = 2, Progress = progress, CancellationToken = cancel.Token });
        using var model = Trainer(options).Fit(Classes(40));
        Assert.HasCount(2, model.Model.Manifest.Training.Members);
    }

    [TestMethod]
    public void A_failing_member_leaves_those_before_it()
    {
        int epochs = 0;
        var progress = new RecordedProgress(_ =>
        {
            if (++epochs == 3)
                throw new InvalidOperationException("no more");
        });
        var options = (Networks.Tiny with { Members = 3 }).Train(t => t with { Epochs = 2, Progress = progress });
        var e = Assert.Throws<RecurrentTrainingException>(() => Trainer(options).Fit(Classes(40)));
        Assert.Contains("Network 2 of 3", e.Message);
        Assert.HasCount(2, e.Transformer!.Model.Manifest.Training.Members);
    }

    [TestMethod]
    public void Training_goes_on_from_one_network_only()
    {
        var data = Examples.Random(40).View(Ml);
        using var model = Ml.Regression.Trainers.Recurrent(Networks.Tiny with { Members = 2 }).Fit(data);
        Fails.With<ArgumentException>(() => Ml.Regression.Trainers.Recurrent(Networks.Tiny).Fit(data, null, model.Model), "2 networks");
        Fails.With<ArgumentException>(() => Ml.Regression.Trainers.Recurrent(Networks.Tiny with { Members = 0 }), "Members is 0");
    }

    private static RecurrentEstimator Trainer(RecurrentOptions options) => Ml.MulticlassClassification.Trainers.Recurrent(options);

    private static float[] Scores(SequenceTransformer model, IDataView data) => [.. model.Transform(data).GetColumn<float>("Score")];

    // Three classes, in turns.
    private static IDataView Classes(int count)
    {
        var examples = Examples.Random(count).WithLabels((i, _) => [i % 3]);
        var view = examples.View(Ml);
        return Ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
    }
}
