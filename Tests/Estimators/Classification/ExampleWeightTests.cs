using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn.Tests.Classification;

/// <summary>Weights of classes and examples from the data to the history and the trained weights.</summary>
[TestClass]
public sealed class ExampleWeightTests
{
    private static readonly MLContext Ml = new(1);
    private static readonly Classified Data = Classified.Numbers(60, noise: 1.5);

    // A rate too small to change the initial weights: what the epoch measured is what the model gives.
    private static readonly RecurrentOptions Standing = (Classified.Tiny with { Features = 2 })
        .Train(t => t with { Epochs = 1, LearningRate = 1e-30, ValidationFraction = 0 });

    private static float[] Weights => [.. Enumerable.Range(0, Data.Count).Select(i => i % 7 == 3 ? 0 : 0.25f * (i % 5 + 1))];

    [TestMethod]
    [DataRow(false, null)]
    [DataRow(true, null)]
    [DataRow(false, 5)]
    [DataRow(true, 5)]
    public void History_is_the_weighted_mean_over_the_examples(bool balanced, int? streamed)
    {
        var view = Data.View(Ml, "three", ("Weight", Weights));
        var options = Standing.Train(t => t with { ShuffleBufferSize = streamed is null ? null : 20, BatchSize = 8 });
        var trainer = Ml.MulticlassClassification.Trainers.Recurrent(options: options, classification: new()
        {
            ExampleWeightColumnName = "Weight",
            LabelSmoothing = 0.1,
            ClassWeights = balanced ? ClassWeights.Balanced : ClassWeights.Of(("middle", 3), ("low", 0.5)),
        });
        using var model = trainer.Fit(view);

        double[] own = [.. Weights.Select(w => (double)w)];
        double[] classes = balanced ? Balanced() : [0.5, 3, 1];
        double loss = 0, wrong = 0, all = 0;
        var probabilities = Scored.Probabilities(model.Transform(view));
        for (int i = 0; i < Data.Count; i++)
        {
            double weight = own[i] * classes[Data.Classes[i]];
            loss -= weight * ((0.9 * Math.Log(probabilities[i][Data.Classes[i]])) + (0.1 * probabilities[i].Average(p => Math.Log(p))));
            wrong += Array.IndexOf(probabilities[i], probabilities[i].Max()) == Data.Classes[i] ? 0 : weight;
            all += weight;
        }
        Assert.AreEqual(loss / all, model.History[0].TrainingLoss, 1e-5);
        Assert.AreEqual(1 - (wrong / all), model.History[0].TrainingAccuracy!.Value, 1e-5);
        Assert.IsNull(model.History[0].TrainingMeanAbsoluteError);
        Assert.IsNull(model.History[0].ValidationAccuracy);

        double[] Balanced()
        {
            int[] counts = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, Data.Count).Count(i => Data.Classes[i] == c && own[i] > 0))];
            return [.. counts.Select(c => counts.Sum() / (3.0 * c))];
        }
    }

    [TestMethod]
    public void Validation_is_weighted_as_training_is()
    {
        var test = Classified.Numbers(40, seed: 9, noise: 1.5);
        float[] weights = [.. Enumerable.Range(0, 40).Select(i => 0.5f + (i % 3))];
        var trainer = Ml.BinaryClassification.Trainers.Recurrent(options: Standing, classification: new() { ExampleWeightColumnName = "Weight" });
        using var model = trainer.Fit(Data.View(Ml, "bool", ("Weight", Weights)), test.View(Ml, "bool", ("Weight", weights)));

        float[] logits = Scored.Logits(model.Transform(test.View(Ml, "bool")));
        double Mean(Func<int, double> value) => Enumerable.Range(0, 40).Sum(i => weights[i] * value(i)) / weights.Sum();
        double Loss(int i) => Math.Log(1 + Math.Exp(test.Classes[i] > 0 ? -logits[i] : logits[i]));
        Assert.AreEqual(Mean(Loss), model.History[0].ValidationLoss!.Value, 1e-5);
        Assert.AreEqual(Mean(i => logits[i] > 0 == test.Classes[i] > 0 ? 1 : 0), model.History[0].ValidationAccuracy!.Value, 1e-6);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(20)]
    public void An_example_of_weight_nothing_is_as_if_it_were_not_there(int? buffer)
    {
        var others = Classified.Numbers(30, seed: 4, noise: 3);
        float[] weights = [.. Enumerable.Repeat(1f, Data.Count), .. new float[30]];
        var options = (Classified.Tiny with { Features = 2 }).Train(t => t with { ShuffleBufferSize = buffer, ValidationFraction = 0.2 });
        ClassificationOptions Weighted() => new() { ClassWeights = ClassWeights.Balanced, ExampleWeightColumnName = "Weight" };

        using var with = Ml.MulticlassClassification.Trainers.Recurrent(options: options, classification: Weighted())
            .Fit(Data.Concat(others).View(Ml, "three", ("Weight", weights)));
        using var without = Ml.MulticlassClassification.Trainers.Recurrent(options: options, classification: Weighted())
            .Fit(Data.View(Ml, "three", ("Weight", weights[..Data.Count])));

        Assert.AreSequenceEqual(ModelWeights.Of(without), ModelWeights.Of(with));
        Assert.AreEqual(without.Model.Manifest.Training.TrainingSequences, with.Model.Manifest.Training.TrainingSequences);
    }

    [TestMethod]
    public void A_weight_of_two_trains_as_two_copies_in_one_batch()
    {
        float[] twice = [.. Enumerable.Range(0, Data.Count).Select(i => i % 2 == 0 ? 2f : 1f)];
        int[] copies = [.. Enumerable.Range(0, Data.Count).SelectMany(i => Enumerable.Repeat(i, (int)twice[i]))];
        var copied = new Classified(2, [.. copies.Select(i => Data.Sequences[i])], [.. copies.Select(i => Data.Classes[i])]);
        RecurrentOptions Whole(int batch) => (Classified.Tiny with { Features = 2, Scaling = new() { StandardizeFeatures = false } })
            .Train(t => t with { BatchSize = batch, ValidationFraction = 0, Epochs = 6 });

        using var weighted = Ml.MulticlassClassification.Trainers
            .Recurrent(options: Whole(Data.Count), classification: new() { ExampleWeightColumnName = "Weight" }).Fit(Data.View(Ml, "three", ("Weight", twice)));
        using var doubled = Ml.MulticlassClassification.Trainers.Recurrent(options: Whole(copied.Count)).Fit(copied.View(Ml, "three"));

        for (int epoch = 0; epoch < 6; epoch++)
        {
            Assert.AreEqual(doubled.History[epoch].TrainingLoss, weighted.History[epoch].TrainingLoss, 1e-5);
            Assert.AreEqual(doubled.History[epoch].TrainingAccuracy!.Value, weighted.History[epoch].TrainingAccuracy!.Value, 1e-6);
        }
        Assert.IsLessThan(1e-4, Difference.Max(ModelWeights.Of(doubled), ModelWeights.Of(weighted)));
    }

    [TestMethod]
    public void Weights_of_classes_are_weights_of_their_examples()
    {
        float[] each = [.. Data.Classes.Select(c => c == 1 ? 3f : c == 2 ? 0.5f : 1f)];
        var options = Classified.Tiny with { Features = 2 };
        using var byClass = Ml.MulticlassClassification.Trainers
            .Recurrent(options: options, classification: new() { ClassWeights = ClassWeights.Of(("middle", 3), ("high", 0.5)) }).Fit(Data.View(Ml, "three"));
        using var byExample = Ml.MulticlassClassification.Trainers
            .Recurrent(options: options, classification: new() { ExampleWeightColumnName = "Weight" }).Fit(Data.View(Ml, "three", ("Weight", each)));

        Assert.AreSequenceEqual(ModelWeights.Of(byExample), ModelWeights.Of(byClass));
    }

    [TestMethod]
    public void Boolean_classes_have_weights_by_the_names_True_and_False()
    {
        float[] each = [.. Data.Classes.Select(c => c > 0 ? 0.25f : 1f)];
        var options = Classified.Tiny with { Features = 2 };
        using var byClass = Ml.BinaryClassification.Trainers
            .Recurrent(options: options, classification: new() { ClassWeights = ClassWeights.Of(("True", 0.25)) }).Fit(Data.View(Ml, "bool"));
        using var byExample = Ml.BinaryClassification.Trainers
            .Recurrent(options: options, classification: new() { ExampleWeightColumnName = "Weight" }).Fit(Data.View(Ml, "bool", ("Weight", each)));

        Assert.AreSequenceEqual(ModelWeights.Of(byExample), ModelWeights.Of(byClass));
    }

    [TestMethod]
    public void Balanced_weights_raise_the_recall_of_a_rare_class()
    {
        var rare = Classified.Numbers(400, classes: 2, noise: 2.5);
        int[] kept = [.. Enumerable.Range(0, 400).Where(i => rare.Classes[i] == 0 || i % 12 == 0)];
        var data = new Classified(2, [.. kept.Select(i => rare.Sequences[i])], [.. kept.Select(i => rare.Classes[i])]);
        double Recall(ClassWeights weights)
        {
            var options = (Classified.Learning with { Features = 2 }).Train(t => t with { Epochs = 8, ValidationFraction = 0 });
            using var model = Ml.BinaryClassification.Trainers.Recurrent(options: options, classification: new() { ClassWeights = weights }).Fit(data.View(Ml, "bool"));
            return Ml.BinaryClassification.Evaluate(model.Transform(rare.View(Ml, "bool"))).PositiveRecall;
        }

        Assert.IsGreaterThan(Recall(ClassWeights.None) + 0.1, Recall(ClassWeights.Balanced));
    }

    [TestMethod]
    [DataRow(float.NaN, null)]
    [DataRow(-1f, null)]
    [DataRow(float.PositiveInfinity, null)]
    [DataRow(float.NaN, 20)]
    [DataRow(-1f, 20)]
    public void A_weight_that_is_no_weight_is_refused_by_its_row(float weight, int? buffer)
    {
        float[] weights = [.. Enumerable.Repeat(1f, Data.Count)];
        weights[17] = weight;
        var options = (Classified.Tiny with { Features = 2 }).Train(t => t with { ShuffleBufferSize = buffer });
        var trainer = Ml.MulticlassClassification.Trainers.Recurrent(options: options, classification: new() { ExampleWeightColumnName = "Weight" });

        Fails.With<InvalidOperationException>(() => trainer.Fit(Data.View(Ml, "three", ("Weight", weights))), "'Weight', row 18", $"{weight}", "at least 0");
    }

    [TestMethod]
    public void Weights_that_are_all_nothing_leave_nothing_to_train_on()
    {
        var trainer = Ml.BinaryClassification.Trainers.Recurrent(
            options: Classified.Tiny with { Features = 2 }, classification: new() { ExampleWeightColumnName = "Weight" });

        Fails.With<InvalidOperationException>(() => trainer.Fit(Data.View(Ml, "bool", ("Weight", new float[Data.Count]))), "None of the 60 rows", "weight 0");
        Fails.With<InvalidOperationException>(
            () => trainer.Fit(Data.View(Ml, "bool", ("Weight", Weights)), Data.View(Ml, "bool", ("Weight", new float[Data.Count]))), "validation data");
    }

    [TestMethod]
    public void The_embedding_learns_by_the_gradient_of_finite_differences()
    {
        using var scope = torch.NewDisposeScope();
        const int Tokens = 6;
        var data = Classified.Tokens(30, Tokens);
        var sequences = Sequences.Read(data.TokenView(Ml, Tokens, "number"), "Features", 1, "Label", 1, CancellationToken.None);
        using var network = new RecurrentNetwork(Classified.Tiny with { Cell = RecurrentCell.Gru, DenseSizes = [] }, 1, 3, new Random(1), Tokens);
        using var loader = new BatchLoader(sequences, new Scaler(1, 1, null), new LabelWeights(1, false, null), torch.CPU);
        var task = new MulticlassTask(new() { LabelSmoothing = 0.1 });
        int[] all = [.. Enumerable.Range(0, 30)];
        torch.Tensor Loss()
        {
            var batch = loader.Load(all);
            return task.LossSum(network.Forward(batch.Input, batch.Lengths, dropout: null), batch.Target, batch.Weights);
        }
        Loss().backward();

        var embedding = network.Parameters.Single(p => p.Name == "embedding.weight").Value;
        Assert.AreSequenceEqual([Tokens + 1L, 3], embedding.shape, "a row for the unknown one before those of the tokens");
        float[] gradient = TensorData.Read(embedding.grad!), values = TensorData.Read(embedding);
        const float Step = 0.01f;
        for (int i = 0; i < values.Length; i++)
        {
            double At(float step)
            {
                float[] moved = [.. values];
                moved[i] += step;
                TensorData.Write(embedding, moved);
                using var guard = torch.no_grad();
                return Loss().item<float>();
            }
            double slope = (At(Step) - At(-Step)) / (2 * Step);
            Assert.AreEqual(slope, gradient[i], 5e-3 + (0.01 * Math.Abs(slope)), $"token {i / 3}, value {i % 3}");
        }
        Assert.IsTrue(gradient.Chunk(3).All(g => g.Any(v => v != 0)), "every token occurs, and the missing one");
    }
}
