using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Language;

[TestClass]
public sealed class LanguageModelTests
{
    private static MLContext Ml => Texts.Ml;

    [TestMethod]
    public void Nats_per_token_of_a_known_source_approach_its_entropy()
    {
        // From each letter to the next: a→b 0.9 | end 0.1, b→a 0.5 | b 0.25 | end 0.25, beginning with a.
        string[] texts = [.. MarkovTexts(3000, seed: 1)];
        var model = Texts.Fit(Texts.View(texts), Texts.Tiny.Train(t => t with { Epochs = 8, BatchSize = 32, LearningRate = 0.02 }));
        string[] held = [.. MarkovTexts(2000, seed: 2)];
        double entropy = held.Sum(Surprise) / held.Sum(t => t.Length + 1);

        var metrics = Ml.MulticlassClassification.EvaluateLanguageModel(model, Texts.View(held));

        Assert.AreEqual(held.Sum(t => t.Length + 1L), metrics.Tokens);
        Assert.AreEqual(2000, metrics.Texts);
        Assert.IsLessThan(0.01, Math.Abs(metrics.NatsPerToken - entropy), $"{metrics} against an entropy of {entropy:f4}");
        Assert.AreEqual(Math.Exp(metrics.NatsPerToken), metrics.Perplexity, 1e-12);
        Assert.AreEqual(metrics.NatsPerToken / Math.Log(2), metrics.BitsPerToken, 1e-12);
    }

    [TestMethod]
    [DataRow("lstm", false, RecurrentKernels.Auto)]
    [DataRow("gru", true, RecurrentKernels.Auto)]
    [DataRow("rnn", true, RecurrentKernels.LibTorch)]
    [DataRow("lstm", true, RecurrentKernels.LibTorch)]
    [DataRow("gru", false, RecurrentKernels.LibTorch)]
    public void The_state_is_carried_through_parts_so_that_validation_is_what_evaluation_measures(
        string cell, bool tied, RecurrentKernels kernels)
    {
        var data = Texts.View(Texts.Random(40, longest: 23));
        var keys = Texts.Keys(data);
        var options = (Texts.Tiny with { Cell = Networks.Cell(cell), TieEmbeddings = tied, HiddenSizes = [5, 4], LayerNormalization = tied })
            .Train(t => t with { Kernels = kernels, BatchSize = 40 });
        var validation = keys.Transform(Texts.View(Texts.Random(30, longest: 40, seed: 2)));
        using var model = Ml.MulticlassClassification.Trainers.LanguageModel("Tokens", options).Fit(keys.Transform(data), validation);

        var metrics = Ml.MulticlassClassification.EvaluateLanguageModel(model, validation);

        Assert.AreEqual(model.History[^1].ValidationLoss!.Value, metrics.NatsPerToken, 1e-5);
        Assert.AreEqual(model.History[^1].ValidationAccuracy!.Value, metrics.Accuracy, 0.01);
        Assert.IsLessThan(1e-5, model.Model.Manifest.Training.OnnxMaxAbsDiff);
    }

    [TestMethod]
    public void A_stream_is_one_text_however_it_is_cut_into_rows()
    {
        string text = string.Concat(Texts.Random(60, longest: 20));
        string[] lines = [.. text.Chunk(7).Select(c => new string(c))], chunks = [.. text.Chunk(31).Select(c => new string(c))];
        var options = Texts.Tiny with { Rows = LanguageRows.Stream };
        var byLines = Texts.Fit(Texts.View(lines), options, "abcd");
        var byChunks = Texts.Fit(Texts.View(chunks), options, "abcd");

        Assert.AreSequenceEqual(ModelWeights.Of(byLines.LastTransformer), ModelWeights.Of(byChunks.LastTransformer));
        var measured = Ml.MulticlassClassification.EvaluateLanguageModel(byLines, Texts.View(lines));
        Assert.AreEqual(measured, Ml.MulticlassClassification.EvaluateLanguageModel(byLines, Texts.View(text)));
        Assert.AreEqual(text.Length, measured.Tokens); // no end
        Assert.AreEqual(1, measured.Texts);
    }

    [TestMethod]
    public void One_step_at_a_time_gives_what_whole_sequences_are_scored_with()
    {
        var model = Texts.Fit(Texts.View(Texts.Random(40, longest: 9)), Texts.Tiny with { HiddenSizes = [6, 5], Cell = RecurrentCell.Gru });
        using var steps = new StreamingPredictor(model.LastTransformer.Model);
        string[] prefixes = ["", "a", "ab", "abd", "abdd", "abddcabca"];
        float[][] scores = Scores(model, prefixes);

        var series = steps.CreateSeries();
        float[] next = series.Step([5]); // what begins a text: behind the keys of a, b, c, d
        int read = 0;
        for (int i = 0; i < prefixes.Length; i++)
        {
            for (; read < prefixes[i].Length; read++)
                next = series.Step([Key(model, prefixes[i][read])]);
            Assert.IsLessThan(1e-6, Difference.Max(scores[i], next), $"after '{prefixes[i]}'");
            Assert.AreEqual(1, next.Sum(), 1e-5);
        }
    }

    [TestMethod]
    public void Temperature_0_takes_the_likeliest_token_each_time()
    {
        var model = Texts.Fit(Texts.View(Texts.Random(40, longest: 9)), Texts.Tiny);
        string text = "b";
        for (int i = 0; i < 12; i++)
        {
            float[] score = Scores(model, [text])[0];
            int best = Array.IndexOf(score, score.Max());
            if (best == score.Length - 1)
                break;
            text += Vocabulary(model)[best];
        }

        Assert.AreSequenceEqual(new[] { "a", "b", "c", "d" }, Vocabulary(model).Order());
        Assert.AreEqual(text[1..], string.Concat(model.Generate("b", 12, new() { Temperature = 0 })));
        Assert.AreEqual(text[1..], string.Concat(model.Generate("b", 12, new() { TopK = 1, Seed = 3 })));
        Assert.AreEqual(text[1..], string.Concat(model.Generate("b", 12, new() { TopP = 1e-9, Temperature = 2, Seed = 3 })));
    }

    [TestMethod]
    public void Generated_texts_occur_as_often_as_the_model_says()
    {
        var model = Texts.Fit(Texts.View(MarkovTexts(500, seed: 1)), Texts.Tiny.Train(t => t with { Epochs = 3 }));
        using var generator = new TokenGenerator(model.LastTransformer.Model);
        float[] first = Scores(model, [""])[0];
        const int draws = 4000;
        var counts = Enumerable.Range(0, draws).Select(seed => generator.GenerateText("", 1, new() { Seed = seed })).CountBy(t => t).ToDictionary();

        foreach (var (name, share) in Vocabulary(model).Append("").Zip(first))
        {
            double deviation = Math.Sqrt(share * (1 - share) / draws);
            Assert.IsLessThan((4 * deviation) + 1e-3, Math.Abs((counts.GetValueOrDefault(name) / (double)draws) - share), $"'{name}': {share}");
        }
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_model_and_the_same_text()
    {
        var data = Texts.View(Texts.Random(50, longest: 20));
        var options = Texts.Tiny with { Dropout = 0.2, InputDropout = 0.1, RecurrentDropout = 0.1 };
        var (one, two) = (Texts.Fit(data, options), Texts.Fit(data, options));

        Assert.AreSequenceEqual(ModelWeights.Of(one.LastTransformer), ModelWeights.Of(two.LastTransformer));
        string text = string.Concat(one.Generate("ab", 30, new() { Seed = 7 }));
        Assert.AreEqual(text, string.Concat(two.Generate("ab", 30, new() { Seed = 7 })));
        Assert.IsTrue(Enumerable.Range(8, 10).Any(seed => string.Concat(one.Generate("ab", 30, new() { Seed = seed })) != text));
    }

    [TestMethod]
    public void A_model_is_what_it_was_after_saving_as_zip_and_as_onnx()
    {
        var data = Texts.View(Texts.Random(40, longest: 9));
        var model = Texts.Fit(data, Texts.Tiny with { TieEmbeddings = true, HiddenSizes = [4] });
        var loaded = ComponentContract.Reload(Ml, model, data.Schema);
        using var folder = new TemporaryFolder();
        model.LastTransformer.Model.Save(folder["model.onnx"]);
        using var generator = TokenGenerator.Load(folder["model.onnx"]);
        string[] expected = [.. model.Generate("c", 20, new() { Seed = 1 })];

        Assert.AreSequenceEqual(expected, loaded.Generate("c", 20, new() { Seed = 1 }));
        Assert.AreSequenceEqual(expected, generator.Generate("c", 20, new() { Seed = 1 }));
        Assert.AreSequenceEqual(expected, generator.Generate(["c"], 20, new() { Seed = 1 }));
        Assert.AreEqual(Ml.MulticlassClassification.EvaluateLanguageModel(model, data), Ml.MulticlassClassification.EvaluateLanguageModel(loaded, data));
        Assert.AreSequenceEqual(ViewText.Rows(model.Transform(data), "PredictedLabel", "Score"), ViewText.Rows(loaded.Transform(data), "PredictedLabel", "Score"));
    }

    [TestMethod]
    public void The_estimator_keeps_the_contract_of_components()
    {
        var data = Texts.View(Texts.Random(20, longest: 9));

        ComponentContract.Check(
            Ml, Ml.MulticlassClassification.Trainers.LanguageModel("Tokens", Texts.Tiny), Texts.Keys(data).Transform(data));
    }

    [TestMethod]
    public void PredictionEngine_tells_the_next_token()
    {
        var data = Texts.View(Texts.Random(40, longest: 9));
        var model = Texts.Fit(data);
        var toName = Ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(model.Transform(data));
        using var engine = Ml.Model.CreatePredictionEngine<Texts.Text, Next>(model.Append(toName));
        var next = engine.Predict(new() { Tokens = ["a", "b"] });

        Assert.HasCount(5, next.Score);
        int best = Array.IndexOf(next.Score, next.Score.Max());
        Assert.AreEqual(Vocabulary(model).Append("<end>").ElementAt(best), next.PredictedLabel);
    }

    [TestMethod]
    public void A_whole_pipeline_is_one_onnx_file_that_other_runtimes_score()
    {
        var data = Texts.View(Texts.Random(40, longest: 9));
        var keys = Texts.Keys(data).Transform(data);
        using var model = Ml.MulticlassClassification.Trainers.LanguageModel("Tokens", Texts.Tiny).Fit(keys);
        using var stream = new MemoryStream();
        model.Model.Save(stream);
        using var session = new InferenceSession(stream.ToArray());
        float[] rows = [1, 2, 3, 1, 0, 0]; // two texts, the second padded
        using var input = OrtValue.CreateTensorValueFromMemory(rows, [2, 3, 1]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["Tokens"], [input], ["Score"]);
        using var predictor = new SequencePredictor(model.Model);

        Assert.IsLessThan(1e-6, Difference.Max(
            [.. predictor.Predict([1, 2, 3]), .. predictor.Predict([1])], outputs[0].GetTensorDataAsSpan<float>().ToArray()));
    }

    [TestMethod]
    [DataRow(OnnxPrecision.Float16Weights)]
    [DataRow(OnnxPrecision.Int8)]
    public void Other_precisions_and_whole_pipelines_are_exported(OnnxPrecision precision)
    {
        var data = Texts.View(Texts.Random(60, longest: 9));
        var model = Texts.Fit(data, Texts.Tiny with { HiddenSizes = [16], EmbeddingSize = 8 });
        using var folder = new TemporaryFolder();
        Ml.Model.SaveAsOnnx(model, data.Schema, folder["pipeline.onnx"], new() { SampleRows = data });
        Ml.Model.SaveAsOnnx(model.LastTransformer, model.First().Transform(data).Schema, folder["model.onnx"], new() { Precision = precision, SampleRows = model.First().Transform(data) });

        Assert.AreEqual(precision, SequenceModel.Load(folder["model.onnx"]).Manifest.Precision); // compared with Transform on the way
        foreach (string file in new[] { "pipeline.onnx", "model.onnx" })
            Fails.With<ArgumentException>(() => TokenGenerator.Load(folder[file]), "'Tokens'", "whole texts", "Model.Save");
    }

    [TestMethod]
    public void Tied_embeddings_save_the_heads_weights()
    {
        var data = Texts.View(Texts.Random(20, longest: 9));
        var (tied, free) = (Texts.Fit(data, Texts.Tiny with { HiddenSizes = [4], TieEmbeddings = true }), Texts.Fit(data, Texts.Tiny with { HiddenSizes = [4] }));

        Assert.AreEqual(
            5 * 4, free.LastTransformer.Model.Manifest.Network.Parameters - tied.LastTransformer.Model.Manifest.Network.Parameters); // [4 letters + end, 4]
    }

    [TestMethod]
    public void Training_goes_on_from_a_model_and_from_a_checkpoint()
    {
        var data = Texts.View(Texts.Random(40, longest: 20));
        var keys = Texts.Keys(data).Transform(data);
        using var folder = new TemporaryFolder();
        SequenceTransformer Fit(int epochs, string? checkpoint, SequenceModel? initial = null) =>
            Ml.MulticlassClassification.Trainers.LanguageModel("Tokens", Texts.Tiny.Train(t => t with
            {
                Epochs = epochs,
                Checkpoint = checkpoint is null ? null : new() { Path = checkpoint },
            })).Fit(keys, validation: null, initial);
        using var first = Fit(2, folder["kept"]);
        using var resumed = Fit(4, folder["kept"]);
        using var whole = Fit(4, null);
        using var warm = Fit(2, null, first.Model);

        Assert.AreSequenceEqual(ModelWeights.Of(whole), ModelWeights.Of(resumed));
        Assert.IsLessThan(first.History[^1].TrainingLoss, warm.History[^1].TrainingLoss);
        var other = Texts.Tiny with { TruncationLength = 6, Training = Texts.Tiny.Training with { Epochs = 4, Checkpoint = new() { Path = folder["kept"] } } };
        Fails.With<InvalidOperationException>(
            () => Ml.MulticlassClassification.Trainers.LanguageModel("Tokens", other).Fit(keys), "LanguageModel.TruncationLength is 5 in the checkpoint, 6 here");
    }

    [TestMethod]
    public void Words_are_tokens_as_letters_are()
    {
        var data = Texts.Words(Enumerable.Repeat(new[] { "the cat sat", "the dog sat", "a dog ran" }, 20).SelectMany(t => t));
        var model = Texts.Fit(data, Texts.Tiny.Train(t => t with { Epochs = 25, LearningRate = 0.03 }));

        string text = string.Join(" ", model.Generate("a", 5, new() { Temperature = 0 }));
        Assert.AreEqual("dog ran", text);
        using var generator = new TokenGenerator(model.LastTransformer.Model);
        Assert.AreEqual("dog ran", generator.GenerateText(" a ", 5, new() { Temperature = 0 }));
    }

    private static IEnumerable<string> MarkovTexts(int count, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            var text = new List<char> { 'a' };
            while (true)
            {
                double draw = random.NextDouble();
                if (text[^1] == 'a' ? draw < 0.1 : draw < 0.25)
                    break;
                text.Add(text[^1] == 'a' ? 'b' : draw < 0.5 ? 'b' : 'a');
            }
            yield return new string([.. text]);
        }
    }

    // In nats; the first letter is certain.
    private static double Surprise(string text)
    {
        double nats = 0;
        for (int i = 0; i < text.Length; i++)
        {
            double probability = (text[i], i + 1 < text.Length ? text[i + 1] : '.') switch
            {
                ('a', '.') => 0.1,
                ('a', _) => 0.9,
                ('b', '.') => 0.25,
                ('b', 'b') => 0.25,
                _ => 0.5,
            };
            nats -= Math.Log(probability);
        }
        return nats;
    }

    private static string[] Vocabulary(TransformerChain<SequenceTransformer> model)
    {
        using var generator = new TokenGenerator(model.LastTransformer.Model);
        return [.. generator.Tokens];
    }

    private static int Key(TransformerChain<SequenceTransformer> model, char token) => Array.IndexOf(Vocabulary(model), token.ToString()) + 1;

    private static float[][] Scores(TransformerChain<SequenceTransformer> model, string[] texts) => [.. model.Transform(Texts.View(texts)).GetColumn<float[]>("Score")];

    private sealed class Next
    {
        public float[] Score { get; set; } = [];

        public string PredictedLabel { get; set; } = "";
    }
}
