using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Classification;

/// <summary>Sequences of tokens: padding never changes a result, and keys that are none are unknown.</summary>
[TestClass]
public sealed class TokenTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly Gen<Shape> Shapes = Gen.Select(
        Gen.OneOf("rnn", "lstm", "gru"), Gen.Bool, Gen.Int[3, 7].Array[1, 2], Gen.Int[1, 6], Gen.Int[2, 40], Gen.Bool,
        Gen.Select(Gen.Int[2, 10], Gen.Enum<SequenceReadout>())).Select((cell, bidirectional, hidden, embedding, tokens, normalized, rest) =>
            new Shape(cell, bidirectional, hidden, embedding, tokens, normalized, rest.Item1, rest.Item2));

    [TestMethod]
    public void A_sequence_gives_the_same_alone_in_a_batch_padded_at_either_end_and_in_a_file()
    {
        var seeds = new PCG(1, 7); // the same networks in every run
        for (int i = 0; i < 14; i++)
            Check(Shapes.Generate(seeds, null, out _), seed: i, multiclass: i % 2 == 0);
    }

    [TestMethod]
    [DataRow("byte")]
    [DataRow("ushort")]
    [DataRow("ulong")]
    public void Keys_of_every_size_are_the_same_tokens(string key)
    {
        var data = Classified.Tokens(40, 9);
        var type = key switch { "byte" => typeof(byte), "ushort" => typeof(ushort), _ => typeof(ulong) };
        using var expected = Fit(data.TokenView(Ml, 9));
        using var model = Fit(data.TokenView(Ml, 9, key: type));

        Assert.AreSequenceEqual(ModelWeights.Of(expected), ModelWeights.Of(model));
        Assert.AreSequenceEqual(
            ViewText.Rows(expected.Transform(data.TokenView(Ml, 9)), "Score"), ViewText.Rows(model.Transform(data.TokenView(Ml, 9, key: type)), "Score"));
    }

    [TestMethod]
    public void Keys_above_their_count_are_missing_ones()
    {
        var data = Classified.Tokens(40, 9);
        using var model = Fit(data.TokenView(Ml, 9));
        var wrong = data with { Sequences = [.. data.Sequences.Select(s => s.Select((k, i) => i % 3 == 1 ? 10f + i : k).ToArray())] };
        var missing = data with { Sequences = [.. data.Sequences.Select(s => s.Select((k, i) => i % 3 == 1 ? 0 : k).ToArray())] };
        using var predictor = new SequencePredictor(model.Model);

        Assert.AreSequenceEqual(Rows(missing), Rows(wrong));
        for (int i = 0; i < 40; i++)
            Scored.AreClose(predictor.Predict(missing.Sequences[i]), predictor.Predict(wrong.Sequences[i]), $"row {i + 1}");
        using var trained = Fit(wrong.TokenView(Ml, 9));
        using var same = Fit(missing.TokenView(Ml, 9));
        Assert.AreSequenceEqual(ModelWeights.Of(same), ModelWeights.Of(trained));

        List<string> Rows(Classified some) => ViewText.Rows(model.Transform(some.TokenView(Ml, 9)), "PredictedLabel", "Score");
    }

    [TestMethod]
    public void An_unknown_token_between_others_is_a_step_and_at_an_end_it_is_none()
    {
        using var model = Fit(Classified.Tokens(40, 9).TokenView(Ml, 9));
        using var predictor = new SequencePredictor(model.Model);
        float[] plain = predictor.Predict([2, 5, 7]);

        Assert.IsGreaterThan(1e-4, Difference.Max(plain, predictor.Predict([2, 0, 5, 7])));
        Scored.AreClose(plain, predictor.Predict([0, 0, 2, 5, 7, 0]), "padded");
        Scored.AreClose(predictor.Predict([2, 0, 5, 7]), predictor.Predict([2, float.NaN, 5, 7]), "NaN is a missing key");
        Scored.AreClose(predictor.Predict([2, 0, 5, 7]), predictor.Predict([2, 11, 5, 7]), "above the count");
        Scored.AreClose(predictor.Predict([2, 0, 5, 7]), predictor.Predict([float.NaN, 2, -3, 5, 7, float.NaN]), "below 1");
    }

    [TestMethod]
    public void Training_does_not_see_padding()
    {
        var data = Classified.Tokens(60, 9);
        data = data with { Sequences = [.. data.Sequences.Select(s => s.AsSpan().Trim(0f).ToArray())] };
        using var expected = Fit(data.TokenView(Ml, 9));
        foreach (bool atStart in new[] { true, false })
        {
            using var model = Fit(data.TokenView(Ml, 9, padTo: 11, atStart: atStart));
            Assert.AreSequenceEqual(ModelWeights.Of(expected), ModelWeights.Of(model));
            Assert.AreEqual(11, model.Model.Manifest.Steps);
        }
    }

    [TestMethod]
    public void Tokens_that_tell_the_class_are_learnt_in_either_task()
    {
        var (training, test) = (Classified.Tokens(300, 12), Classified.Tokens(200, 12, seed: 2, mostSteps: 8));
        using var many = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Learning).Fit(training.TokenView(Ml, 12, "three"));
        using var two = Ml.BinaryClassification.Trainers.Recurrent(Classified.Learning).Fit(training.TokenView(Ml, 12, "bool"));

        double ofMany = Ml.MulticlassClassification.Evaluate(many.Transform(test.TokenView(Ml, 12, "three"))).MicroAccuracy;
        double ofTwo = Ml.BinaryClassification.Evaluate(two.Transform(test.TokenView(Ml, 12, "bool"))).Accuracy;
        Assert.IsGreaterThan(0.9, ofMany);
        Assert.IsGreaterThan(0.9, ofTwo);
    }

    [TestMethod]
    public void A_vocabulary_of_one_tells_lengths_apart()
    {
        var random = new Random(1);
        int[] lengths = [.. Enumerable.Range(0, 200).Select(_ => random.Next(1, 9))];
        var data = new Classified(1, [.. lengths.Select(n => Enumerable.Repeat(1f, n).ToArray())], [.. lengths.Select(n => n > 4 ? 1 : 0)]);
        using var model = Ml.BinaryClassification.Trainers.Recurrent(Classified.Learning).Fit(data.TokenView(Ml, 1, "bool"));

        Assert.IsGreaterThan(0.95, Ml.BinaryClassification.Evaluate(model.Transform(data.TokenView(Ml, 1, "bool"))).Accuracy);
    }

    [TestMethod]
    public void A_trainer_of_tokens_meets_what_ml_net_expects_of_a_component()
    {
        foreach (string label in new[] { "key", "bool" })
        {
            IEstimator<ITransformer> trainer = label == "key"
                ? Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny)
                : Ml.BinaryClassification.Trainers.Recurrent(Classified.Tiny);
            ComponentContract.Check(Ml, trainer, Classified.Tokens(40, 9).TokenView(Ml, 9, label));
            ComponentContract.Check(Ml, trainer, Classified.Tokens(40, 9).TokenView(Ml, 9, label, padTo: 9));
        }
    }

    [TestMethod]
    public void The_summary_has_the_embedding_and_all_its_values()
    {
        var view = Classified.Tokens(40, 9).TokenView(Ml, 9);
        var trainer = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny);
        using var model = trainer.Fit(view);

        var layer = model.Model.Manifest.Network.Layers.Single(l => l.Name == "embedding");
        Assert.AreEqual(10 * 3, layer.Parameters, "nine tokens and the unknown one");
        Assert.AreEqual(30 + (4 * 4 * (3 + 4)) + (2 * 16) + (4 * 4) + 4, model.Model.Manifest.Network.Parameters, "embedding, LSTM, head");
        Assert.AreEqual(trainer.Summary(view.Schema), model.Summary());
        Assert.Contains("multiclass classification of 'Label'", model.Summary());
    }

    [TestMethod]
    public void A_prediction_engine_takes_arrays_of_keys()
    {
        var data = Classified.Tokens(40, 9);
        using var model = Fit(data.TokenView(Ml, 9));
        var expected = Scored.Probabilities(model.Transform(data.TokenView(Ml, 9)));
        using var engine = Ml.Model.CreatePredictionEngine<Words, Prediction>(model, new PredictionEngineOptions { OwnsTransformer = false });

        for (int i = 0; i < 40; i++)
        {
            var row = new Words { Features = [.. data.Sequences[i].Select(k => (uint)k)] };
            Scored.AreClose(expected[i], engine.Predict(row).Score, $"row {i + 1}");
        }
    }

    [TestMethod]
    public void Another_vocabulary_or_numbers_instead_of_tokens_are_refused()
    {
        var data = Classified.Tokens(40, 9);
        using var model = Fit(data.TokenView(Ml, 9));
        using var ofNumbers = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny).Fit(data.View(Ml));

        Fails.With<ArgumentException>(() => model.Transform(data.TokenView(Ml, 10)), "with 10 tokens", "another vocabulary, of 9", "Map the tokens");
        Fails.With<ArgumentException>(() => model.Transform(data.View(Ml)), "Vector<Single>", "Key<UInt32, 0-8>");
        Fails.With<ArgumentException>(() => ofNumbers.Transform(data.TokenView(Ml, 9)), "Key<UInt32, 0-8>", "Vector<Single, *, 1>");
    }

    [TestMethod]
    public void A_fixed_size_that_a_row_does_not_have_is_refused_by_its_row()
    {
        var rows = Enumerable.Range(0, 40).Select(i => new FixedWords { Features = new uint[i == 30 ? 6 : 5], Label = i % 2 == 0 }).ToArray();
        foreach (var row in rows)
            row.Features.AsSpan().Fill(2);
        var trainer = Ml.BinaryClassification.Trainers.Recurrent(Classified.Tiny);

        Fails.With<InvalidOperationException>(() => trainer.Fit(Ml.Data.LoadFromEnumerable(rows)), "'Features', row 31", "6 values", "expected 5");
        using var model = trainer.Fit(Ml.Data.LoadFromEnumerable(rows[..30]));
        Fails.With<InvalidOperationException>(
            () => ViewText.Rows(model.Transform(Ml.Data.LoadFromEnumerable(rows)), "Score"), "Row 31", "6 values", "up to 5 steps");
    }

    [TestMethod]
    public void Without_padding_tokens_of_one_size_meet_longer_ones_only_where_steps_may_vary()
    {
        var data = Classified.Tokens(40, 9, mostSteps: 5);
        using var model = Fit(data.TokenView(Ml, 9, padTo: 5));

        Fails.With<ArgumentException>(() => model.Transform(data.TokenView(Ml, 9, padTo: 6)), "Vector<Key<UInt32, 0-8>, 6>", "5");
        using var predictor = new SequencePredictor(model.Model);
        Fails.With<ArgumentException>(() => predictor.Predict(new float[6]), "6", "up to 5 steps");
        Scored.AreClose(Scored.Probabilities(model.Transform(data.TokenView(Ml, 9)))[0], predictor.Predict(data.Sequences[0]), "shorter ones are padded");
    }

    private static SequenceTransformer Fit(IDataView view) => Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny).Fit(view);

    private static void Check(Shape shape, int seed, bool multiclass)
    {
        var data = Classified.Tokens(30, shape.Tokens, seed: seed, mostSteps: shape.Most);
        var options = Classified.Tiny with
        {
            Cell = Networks.Cell(shape.Cell),
            Bidirectional = shape.Bidirectional,
            HiddenSizes = [.. shape.Hidden],
            EmbeddingSize = shape.Embedding,
            LayerNormalization = shape.Normalized,
            Readout = shape.Readout,
        };
        string label = multiclass ? "key" : "bool";
        var view = data.TokenView(Ml, shape.Tokens, label);
        using var model = (multiclass ? Ml.MulticlassClassification.Trainers.Recurrent(options) : Ml.BinaryClassification.Trainers.Recurrent(options)).Fit(view);
        Assert.IsLessThan(1e-5, model.Model.Manifest.Training.OnnxMaxAbsDiff, $"{shape}");
        float[][] together = Scores(model.Transform(view));
        using var predictor = new SequencePredictor(model.Model);
        using var folder = new TemporaryFolder();
        Ml.Model.SaveAsOnnx(model, view.Schema, folder["model.onnx"], new() { SampleRows = view });
        using var session = new InferenceSession(folder["model.onnx"]);
        float[][] ragged = [.. predictor.PredictRagged([.. data.Sequences.Select(s => s.AsMemory())]).Chunk(together[0].Length)];
        float[][] start = Padded(true), end = Padded(false);

        for (int i = 0; i < data.Count; i++)
        {
            string what = $"{shape}, row {i + 1}";
            float[] alone = predictor.Predict(data.Sequences[i]);
            float[] both = [float.NaN, 0, .. data.Sequences[i], 0, float.NaN, 0];
            Scored.AreClose(alone, together[i], what);
            Scored.AreClose(alone, ragged[i], what);
            Scored.AreClose(alone, start[i], what + ", padded at the start");
            Scored.AreClose(alone, end[i], what + ", padded at the end");
            Scored.AreClose(alone, predictor.Predict(both), what + ", padded at both ends");
            Scored.AreClose(alone, InFile(data.Sequences[i]), what + ", in the file");
            foreach (bool atStart in new[] { true, false })
                Scored.AreClose(alone, InFile(Classified.Pad(data.Sequences[i], shape.Most + 3, atStart)), what + ", padded in the file");
        }

        float[][] Scores(IDataView scored) => multiclass ? Scored.Probabilities(scored) : [.. Scored.Logits(scored).Select(s => new[] { s })];

        float[][] Padded(bool atStart) => Scores(model.Transform(data.TokenView(Ml, shape.Tokens, label, padTo: shape.Most + 2, atStart: atStart)));

        float[] InFile(float[] sequence)
        {
            uint[] keys = [.. sequence.Select(k => (uint)k)];
            using var tensor = OrtValue.CreateTensorValueFromMemory(keys, [1, keys.Length]);
            using var run = new RunOptions();
            using var outputs = session.Run(run, ["Features"], [tensor], ["Score"]);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
    }

    private sealed record Shape(string Cell, bool Bidirectional, int[] Hidden, int Embedding, int Tokens, bool Normalized, int Most, SequenceReadout Readout)
    {
        public override string ToString() => $"{Cell}{(Bidirectional ? " bidirectional" : "")} [{string.Join(", ", Hidden)}], {Tokens} tokens × {Embedding}{(Normalized ? ", normalised" : "")}, {Readout}";
    }

    private sealed class Words
    {
        [KeyType(9)]
        public uint[] Features { get; set; } = [];
    }

    private sealed class FixedWords
    {
        [KeyType(9), VectorType(5)]
        public uint[] Features { get; set; } = [];

        public bool Label { get; set; }
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
