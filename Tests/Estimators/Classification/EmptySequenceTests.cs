using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Classification;

/// <summary>A sequence without a step, or without a known token, has no class: never an abort, never a class by accident.</summary>
[TestClass]
public sealed class EmptySequenceTests
{
    private const int Tokens = 9;

    private static readonly MLContext Ml = new(1);
    private static readonly Classified Data = Classified.Tokens(40, Tokens);

    private static readonly Classified Some = Data with
    {
        Sequences = [.. Data.Sequences.Select((s, i) => i switch { 3 => [], 7 => [0, 0, 0], 11 => [0], _ => s })],
    };

    private static readonly int[] Empty = [3, 7, 11];

    public static IEnumerable<object[]> Cells =>
        from cell in new[] { "rnn", "lstm", "gru" }
        from bidirectional in new[] { false, true }
        from readout in bidirectional ? Enum.GetValues<SequenceReadout>() : [SequenceReadout.Last]
        select new object[] { cell, bidirectional, readout };

    [TestMethod, DynamicData(nameof(Cells))]
    public void Transform_engine_and_predictor_give_no_class(string cell, bool bidirectional, SequenceReadout readout)
    {
        var options = Classified.Tiny with { Cell = Networks.Cell(cell), Bidirectional = bidirectional, Readout = readout };
        using var many = Ml.MulticlassClassification.Trainers.Recurrent(options).Fit(Data.TokenView(Ml, Tokens));
        using var two = Ml.BinaryClassification.Trainers.Recurrent(options).Fit(Data.TokenView(Ml, Tokens, "bool"));
        var (ofMany, ofTwo) = (many.Transform(Some.TokenView(Ml, Tokens)), two.Transform(Some.TokenView(Ml, Tokens, "bool")));
        using var engine = Ml.Model.CreatePredictionEngine<Words, Prediction>(many, new PredictionEngineOptions { OwnsTransformer = false });
        using var predictor = new SequencePredictor(two.Model);
        float[][] right = Scored.Probabilities(many.Transform(Data.TokenView(Ml, Tokens)));

        for (int i = 0; i < Some.Count; i++)
        {
            bool isEmpty = Empty.Contains(i);
            var alone = engine.Predict(new() { Features = [.. Some.Sequences[i].Select(k => (uint)k)] });
            Assert.AreEqual(isEmpty, Scored.Keys(ofMany)[i] == 0, $"row {i}");
            Assert.AreEqual(isEmpty, alone.PredictedLabel == 0);
            Assert.AreEqual(isEmpty, alone.Score.All(float.IsNaN));
            Assert.AreEqual(isEmpty, float.IsNaN(Scored.Logits(ofTwo)[i]));
            Assert.AreEqual(isEmpty, float.IsNaN(ofTwo.GetColumn<float>("Probability").ElementAt(i)));
            Assert.AreEqual(isEmpty, float.IsNaN(predictor.Predict(Some.Sequences[i])[0]));
            Scored.AreClose(isEmpty ? [float.NaN, float.NaN, float.NaN, float.NaN] : right[i], Scored.Probabilities(ofMany)[i], $"row {i}");
            if (isEmpty)
                Assert.IsFalse(ofTwo.GetColumn<bool>("PredictedLabel").ElementAt(i));
        }
    }

    [TestMethod, DynamicData(nameof(Cells))]
    public void A_file_run_by_itself_takes_sequences_without_a_step(string cell, bool bidirectional, SequenceReadout readout)
    {
        var options = Classified.Tiny with { Cell = Networks.Cell(cell), Bidirectional = bidirectional, Readout = readout };
        using var folder = new TemporaryFolder();
        using var many = Ml.MulticlassClassification.Trainers.Recurrent(options).Fit(Data.TokenView(Ml, Tokens));
        Ml.Model.SaveAsOnnx(many, Data.TokenView(Ml, Tokens).Schema, folder["tokens.onnx"], new() { SampleRows = Some.TokenView(Ml, Tokens) });
        var numbers = Classified.Numbers(40, features: 1, ragged: true);
        var ofSteps = options with { Input = bidirectional ? new() { Deltas = true, StackedSteps = 3 } : new() };
        using var two = Ml.BinaryClassification.Trainers.Recurrent(ofSteps).Fit(numbers.View(Ml, "bool"));
        Ml.Model.SaveAsOnnx(two, numbers.View(Ml, "bool").Schema, folder["numbers.onnx"]);
        using var keys = new InferenceSession(folder["tokens.onnx"]);
        using var singles = new InferenceSession(folder["numbers.onnx"]);
        using var run = new RunOptions();

        foreach (int steps in new[] { 0, 1, 4 })
        {
            using var none = OrtValue.CreateTensorValueFromMemory(new uint[2 * steps], [2, steps]);
            using var ofKeys = run.Run(keys, none, "PredictedLabel", "Score");
            Assert.AreSequenceEqual([0u, 0u], ofKeys[0].GetTensorDataAsSpan<uint>().ToArray());
            Assert.IsTrue(ofKeys[1].GetTensorDataAsSpan<float>().ToArray().All(float.IsNaN));

            float[] missing = [.. Enumerable.Repeat(float.NaN, 2 * steps)];
            using var padding = OrtValue.CreateTensorValueFromMemory(missing, [2, steps, 1]);
            using var ofNumbers = run.Run(singles, padding, "PredictedLabel", "Score", "Probability");
            Assert.AreSequenceEqual([false, false], ofNumbers[0].GetTensorDataAsSpan<bool>().ToArray());
            Assert.IsTrue(ofNumbers[1].GetTensorDataAsSpan<float>().ToArray().All(float.IsNaN));
            Assert.IsTrue(ofNumbers[2].GetTensorDataAsSpan<float>().ToArray().All(float.IsNaN));
        }
    }

    [TestMethod]
    public void The_networks_own_file_takes_sequences_without_a_step()
    {
        using var model = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny).Fit(Data.TokenView(Ml, Tokens));
        using var session = new InferenceSession(model.Model.OnnxBytes);
        using var run = new RunOptions();
        using var none = OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [1, 0, 1]);
        using var outputs = run.Run(session, none, "Score");

        Assert.IsTrue(outputs[0].GetTensorDataAsSpan<float>().ToArray().All(float.IsNaN));
    }

    [TestMethod]
    public void ApplyOnnxModel_gives_no_class_for_texts_without_a_token()
    {
        using var folder = new TemporaryFolder();
        using var model = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny).Fit(Data.TokenView(Ml, Tokens));
        var view = Some.TokenView(Ml, Tokens);
        Ml.Model.SaveAsOnnx(model, view.Schema, folder["model.onnx"]);
        var shapes = new Dictionary<string, int[]> { ["Features"] = [1, -1] };
        var numbers = Ml.Transforms.Conversion.ConvertType("Features", outputKind: DataKind.UInt32).Fit(view).Transform(view);

        using var applied = Ml.Transforms.ApplyOnnxModel(["PredictedLabel", "Score"], ["Features"], folder["model.onnx"], shapes, null, false).Fit(numbers);

        var scored = applied.Transform(numbers);
        Assert.AreSequenceEqual(Scored.Keys(model.Transform(view)), scored.GetColumn<uint[]>("PredictedLabel").Select(k => k.Single()));
        Assert.AreSequenceEqual(Empty, Scored.Keys(model.Transform(view)).Index().Where(k => k.Item == 0).Select(k => k.Index));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(20)]
    public void Training_leaves_them_out_and_says_so(int? buffer)
    {
        var warnings = new List<string>();
        var ml = new MLContext(1);
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.Message);
        };
        var kept = new Classified(1, [.. Some.Sequences.Where((_, i) => !Empty.Contains(i))], [.. Some.Classes.Where((_, i) => !Empty.Contains(i))]);
        var options = Classified.Tiny.Train(t => t with { ShuffleBufferSize = buffer, ValidationFraction = 0.2 });

        using var with = ml.MulticlassClassification.Trainers.Recurrent(options).Fit(Some.TokenView(Ml, Tokens, "three"));
        Assert.HasCount(1, warnings);
        Assert.Contains("3 rows have no token in 'Features'", warnings[0]);
        using var without = ml.MulticlassClassification.Trainers.Recurrent(options).Fit(kept.TokenView(Ml, Tokens, "three"));

        Assert.HasCount(1, warnings);
        Assert.AreSequenceEqual(ModelWeights.Of(without), ModelWeights.Of(with));
        Assert.AreEqual(37, with.Model.Manifest.Training.TrainingSequences + with.Model.Manifest.Training.ValidationSequences);
    }

    [TestMethod]
    public void Nothing_but_texts_without_a_token_is_nothing_to_train_on()
    {
        var none = Data with { Sequences = [.. Data.Sequences.Select((s, i) => new float[i % 3])] };
        foreach (int? buffer in new int?[] { null, 20 })
        {
            var trainer = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny.Train(t => t with { ShuffleBufferSize = buffer }));
            Fails.With<InvalidOperationException>(() => trainer.Fit(none.TokenView(Ml, Tokens)), "nothing to train on", "all 40 rows", "'Features'", "token");
        }
    }

    [TestMethod]
    public void An_empty_sequence_of_numbers_is_refused_by_training_and_has_no_class_in_scoring()
    {
        var numbers = Classified.Numbers(40, ragged: true);
        var some = numbers with { Sequences = [.. numbers.Sequences.Select((s, i) => i == 5 ? [] : s)] };
        var trainer = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny with { Features = 2 });

        Fails.With<InvalidOperationException>(() => trainer.Fit(some.View(Ml)), "'Features', row 6", "0 values", "at least one step");
        using var model = trainer.Fit(numbers.View(Ml));
        uint[] keys = Scored.Keys(model.Transform(some.View(Ml)));
        Assert.AreSequenceEqual([5], keys.Index().Where(k => k.Item == 0).Select(k => k.Index));
    }

    private sealed class Words
    {
        [KeyType(Tokens)]
        public uint[] Features { get; set; } = [];
    }

    private sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}

internal static class Runs
{
    /// <summary>Runs a session of one input.</summary>
    public static IDisposableReadOnlyCollection<OrtValue> Run(this RunOptions run, InferenceSession session, OrtValue input, params string[] outputs) =>
        session.Run(run, [session.InputNames[0]], [input], outputs);
}
