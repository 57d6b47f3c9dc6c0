using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Sequences of their own lengths: padding never changes a result.</summary>
[TestClass]
public class VariableLengthTests
{
    private static readonly MLContext Ml = new(1);
    private static readonly Row[] Rows = Make(80, seed: 1);

    public static IEnumerable<object[]> Cells =>
        from cell in new[] { "rnn", "lstm", "gru", "min-gru" }
        from bidirectional in new[] { false, true }
        select new object[] { cell, bidirectional };

    [TestMethod, DynamicData(nameof(Cells))]
    public void A_model_of_variable_length_meets_what_ml_net_expects_of_a_component(string cell, bool bidirectional)
    {
        var model = (SequenceTransformer)ComponentContract.Check(Ml, Trainer(cell, bidirectional), View(Rows));

        Assert.IsLessThan(1e-5, model.Model.Manifest.Training.OnnxMaxAbsDiff);
        Assert.IsTrue(model.Model.Manifest.VariableLength);
        Assert.AreEqual(0, model.Model.Manifest.Steps);
    }

    [TestMethod, DynamicData(nameof(Cells))]
    public void A_score_does_not_depend_on_what_is_scored_with_it(string cell, bool bidirectional)
    {
        using var model = Trainer(cell, bidirectional).Fit(View(Rows));
        var others = Make(300, seed: 2);
        float[] together = [.. model.Transform(View(others)).GetColumn<float>("Score")];
        using var predictor = new SequencePredictor(model.Model);
        float[] ragged = predictor.PredictRagged([.. others.Select(r => r.Features.AsMemory())]);

        for (int i = 0; i < others.Length; i++)
        {
            float alone = predictor.Predict(others[i].Features)[0];
            Assert.AreEqual(alone, together[i], 1e-5f);
            Assert.AreEqual(alone, ragged[i], 1e-5f);
            float padded = predictor.Predict([.. Enumerable.Repeat(float.NaN, 2 * (i % 4)), .. others[i].Features])[0];
            Assert.AreEqual(alone, padded, 1e-5f, "leading steps of NaN are no steps");
        }
    }

    [TestMethod]
    public void One_sequence_with_a_missing_value_or_without_a_step_scores_missing_and_leaves_the_others_alone()
    {
        using var model = Trainer("lstm", false).Fit(View(Rows));
        float[] right = [.. model.Transform(View(Rows)).GetColumn<float>("Score")];
        var some = Rows.Select(r => new Row { Features = [.. r.Features], Label = r.Label }).ToArray();
        some[3].Features[^1] = float.NaN;
        some[5].Features[0] = float.NaN; // the step's other value is known
        some[7].Features = [];

        float[] scores = [.. model.Transform(View(some)).GetColumn<float>("Score")];

        for (int i = 0; i < scores.Length; i++)
            Assert.AreEqual(i is 3 or 5 or 7 ? float.NaN : right[i], scores[i], 1e-5f);
    }

    [TestMethod]
    public void ApplyOnnxModel_gives_the_same_numbers()
    {
        using var model = Trainer("gru", bidirectional: true).Fit(View(Rows));
        using var folder = new Scenarios.TemporaryFolder();
        Ml.Model.SaveAsOnnx(model, View(Rows).Schema, folder["model.onnx"], new() { SampleRows = View(Rows) });
        var shapes = new Dictionary<string, int[]> { ["Features"] = [1, -1, 2] };

        using var applied = Ml.Transforms
            .ApplyOnnxModel(["Score"], ["Features"], folder["model.onnx"], shapes, gpuDeviceId: null, fallbackToCpu: false).Fit(View(Rows));

        float[] actual = [.. applied.Transform(View(Rows)).GetColumn<float[]>("Score").Select(s => s.Single())];
        float[] expected = [.. model.Transform(View(Rows)).GetColumn<float>("Score")];
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5f);
    }

    [TestMethod]
    public void Lengths_carry_information_that_training_finds()
    {
        // The label is the number of steps: with the padding seen as steps, or cut off, it could not be learnt.
        var random = new Random(3);
        var rows = Enumerable.Range(0, 400).Select(_ => random.Next(1, 9)).Select(steps => new Row
        {
            Features = [.. Enumerable.Range(0, 2 * steps).Select(_ => random.NextSingle())],
            Label = steps,
        }).ToArray();
        using var model = Ml.Regression.Trainers.Gru(options: new()
        {
            HiddenSizes = [16],
            DenseSizes = [16],
            Dropout = 0,
            Training = new() { Epochs = 40, LearningRate = 0.01, Seed = 1 },
        }).Fit(View(rows));

        var metrics = Ml.Regression.Evaluate(model.Transform(View(rows)));

        Assert.IsLessThan(0.3, metrics.RootMeanSquaredError, "always the mean has 2.3");
    }

    [TestMethod]
    public void A_ragged_batch_gives_the_gradients_of_its_sequences_alone()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var options = Networks.Tiny with { Cell = RecurrentCell.Lstm, HiddenSizes = [5, 4] };
        var sequences = Sequences.Read(View(Rows), "Features", 2, "Label", 1, CancellationToken.None);
        using var loader = new BatchLoader(sequences, Scaler.Fit(sequences, [.. Enumerable.Range(0, Rows.Length)], new(), 1, null), new LabelWeights(1, false, null), TorchSharp.torch.CPU);
        float[] Gradient(int[][] batches)
        {
            using var network = new RecurrentNetwork(options, 2, 1, new Random(1));
            foreach (int[] indices in batches)
            {
                var batch = loader.Load(indices);
                (network.Forward(batch.Input, batch.Lengths, dropout: null) - batch.Target).square().sum().backward();
            }
            return [.. network.Parameters.SelectMany(p => TensorData.Read(p.Value.grad!))];
        }

        float[] together = Gradient([[.. Enumerable.Range(0, 12)]]);
        float[] alone = Gradient([.. Enumerable.Range(0, 12).Select(i => new[] { i })]);

        Assert.IsLessThan(1e-4, Difference.Max(alone, together));
    }

    [TestMethod]
    public void A_row_that_is_not_whole_steps_is_refused_by_its_number()
    {
        using var model = Trainer("gru", false).Fit(View(Rows));
        var cut = Rows.Take(5).Append(new Row { Features = [1, 2, 3] }).ToArray();

        var error = Assert.Throws<Exception>(() => model.Transform(View(cut)).GetColumn<float>("Score").ToArray());

        Assert.Contains("Row 6", error.Message);
        Assert.Contains("any number of steps × 2 features", error.Message);
    }

    [TestMethod]
    public void A_long_sequence_among_short_ones_changes_no_score()
    {
        using var model = Trainer("gru", false).Fit(View(Rows));
        using var predictor = new SequencePredictor(model.Model);
        var some = Make(300, seed: 3);
        foreach (int i in new[] { 0, 64, 65, 200, 299 })
            some[i].Features = [.. Enumerable.Range(0, 2 * (3000 + i)).Select(j => MathF.Sin(j))];

        float[] together = [.. model.Transform(View(some)).GetColumn<float>("Score")];
        float[] ragged = predictor.PredictRagged([.. some.Select(r => r.Features.AsMemory())]);

        for (int i = 0; i < some.Length; i++)
        {
            Assert.AreEqual(predictor.Predict(some[i].Features)[0], together[i], 1e-5f, $"{i}");
            Assert.AreEqual(together[i], ragged[i], 1e-5f, $"{i}");
        }
    }

    [TestMethod]
    public void Short_sequences_are_not_padded_to_one_that_is_far_longer()
    {
        using var model = Trainer("gru", false).Fit(View(Rows));
        var batch = new RaggedBatch(model.Model.Manifest, PartSizes.OfOperators);
        for (int i = 0; i < 60; i++)
            batch.Add(new float[2 * (i == 30 ? 50_000 : 3)]);

        Assert.AreSequenceEqual([(1, 50_000), (32, 3), (27, 3)], batch.Runs(threads: 1));
    }

    [TestMethod]
    public void A_batch_of_ragged_sequences_cannot_be_given_as_one_block()
    {
        using var model = Trainer("gru", false).Fit(View(Rows));
        using var predictor = new SequencePredictor(model.Model);

        Assert.Contains("PredictRagged", Assert.ThrowsExactly<ArgumentException>(() => predictor.PredictBatch(new float[8])).Message);
        Assert.Contains("Sequence 2", Assert.ThrowsExactly<ArgumentException>(() => predictor.PredictRagged([new float[4], new float[3]])).Message);
    }

    private static RecurrentEstimator Trainer(string cell, bool bidirectional) => Ml.Regression.Trainers.Recurrent(
        Networks.Tiny with { Cell = cell == "min-gru" ? new MinGruCell() : Networks.Cell(cell), Bidirectional = bidirectional, HiddenSizes = [4, 3] });

    private static IDataView View(Row[] rows) => Ml.Data.LoadFromEnumerable(rows);

    private static Row[] Make(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new Row
        {
            Features = [.. Enumerable.Range(0, 2 * random.Next(1, 9)).Select(_ => random.NextSingle() - 0.5f)],
            Label = random.NextSingle(),
        })];
    }

    private sealed class Row
    {
        [VectorType(0, 2)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
