using Microsoft.ML;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Language;

[TestClass]
public sealed class LanguageBadInputTests
{
    private static MLContext Ml => Texts.Ml;

    [TestMethod]
    public void All_wrong_options_are_named_at_once() => Fails.With<ArgumentException>(
        () => Ml.MulticlassClassification.Trainers.LanguageModel("Tokens", new()
        {
            HiddenSizes = [8],
            EmbeddingSize = 0,
            TieEmbeddings = true,
            TruncationLength = 0,
            Dropout = 1,
            Rows = (LanguageRows)9,
            Unknown = (UnknownTokens)9,
            Training = new() { ShuffleBufferSize = 100, GroupColumnName = "Book", BatchSize = 0 },
        }),
        "EmbeddingSize", "TieEmbeddings", "TruncationLength is 0", "Dropout is 1", "Rows is 9", "Unknown is 9", "ShuffleBufferSize is 100", "'Book'", "BatchSize");

    [TestMethod]
    public void Columns_of_other_types_are_refused()
    {
        var data = Texts.View("ab");
        Fails.With<ArgumentException>(() => Ml.MulticlassClassification.Trainers.LanguageModel("Tokens").Fit(data), "'Tokens'", "vectors of keys", "MapValueToKey");
        Fails.With<ArgumentException>(() => Ml.MulticlassClassification.Trainers.LanguageModel("Letters").Fit(data), "'Letters'", "'Tokens'");
    }

    [TestMethod]
    public void An_empty_corpus_says_so()
    {
        var keys = Texts.Keys(Texts.View("abcd"));
        var trainer = Ml.MulticlassClassification.Trainers.LanguageModel("Tokens", Texts.Tiny);

        Fails.With<InvalidOperationException>(() => trainer.Fit(keys.Transform(Texts.View())), "nothing to train on", "no rows");
        Fails.With<InvalidOperationException>(() => trainer.Fit(keys.Transform(Texts.View("", "xyz"))), "nothing to train on", "all 2 rows");
    }

    [TestMethod]
    public void Tokens_outside_of_the_vocabulary_are_refused_or_mapped()
    {
        var data = Texts.View("abad", "adxba", "abba", "dada", "a", "b", "d", "ab");
        Fails.With<InvalidOperationException>(() => Texts.Fit(data, vocabulary: "abd"), "'Tokens'", "token 3 of text 2", "UnknownTokens.Map");

        var model = Texts.Fit(data, Texts.Tiny with { Unknown = UnknownTokens.Map }, vocabulary: "abd");
        var metrics = Ml.MulticlassClassification.EvaluateLanguageModel(model, Texts.View("adxba"));
        Assert.AreEqual(5, metrics.Tokens); // a, d, b, a and the end
        string text = string.Concat(model.Generate("axé", 200, new() { Seed = 1 }));
        Assert.DoesNotContain("x", text);

        var strict = Texts.Fit(Texts.View("abad", "abba"), vocabulary: "abd");
        Fails.With<InvalidOperationException>(() => Ml.MulticlassClassification.EvaluateLanguageModel(strict, data), "row 2", "token 3");
        Fails.With<ArgumentException>(() => strict.Generate("ab\nx", 5), "Token 3 of the prompt", "\\u000a", "a b d", "UnknownTokens.Map");
    }

    [TestMethod]
    public void One_symbol_is_enough_and_an_empty_prompt_begins_a_text()
    {
        var model = Texts.Fit(Texts.View(Enumerable.Range(1, 30).Select(n => new string('a', 1 + (n % 3)))));

        foreach (string token in model.Generate("", 50, new() { Seed = 1 }))
            Assert.AreEqual("a", token);
        Assert.IsEmpty(model.Generate("a", 0));
    }

    [TestMethod]
    public void Sampling_options_are_checked_before_anything_is_drawn()
    {
        var model = Texts.Fit(Texts.View("abcd", "dcba"));

        Fails.With<ArgumentException>(() => model.Generate("a", 5, new() { Temperature = -1, TopK = 0, TopP = 0 }), "Temperature is -1", "TopK is 0", "TopP is 0");
        Fails.With<ArgumentException>(() => model.Generate("a", 5, new() { Temperature = double.NaN, TopP = 1.5 }), "Temperature is NaN", "TopP is 1.5");
        Fails.With<ArgumentOutOfRangeException>(() => model.Generate("a", -1), "length");
    }

    [TestMethod]
    public void Stop_tokens_end_the_text()
    {
        var model = Texts.Fit(Texts.View(Texts.Random(40, longest: 9)));
        string all = string.Concat(model.Generate("", 30, new() { Seed = 5 })), stopped = string.Concat(model.Generate("", 30, new() { Seed = 5, Stop = [all[^1..]] }));

        Assert.AreEqual(all[..all.IndexOf(all[^1], StringComparison.Ordinal)], stopped);
    }

    [TestMethod]
    public void Other_models_go_on_with_no_texts()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.onnx"], "no model");
        Fails.With<FormatException>(() => TokenGenerator.Load(folder["model.onnx"]), "model.onnx");
        Fails.With<FileNotFoundException>(() => TokenGenerator.Load(folder["none.onnx"]), "none.onnx");
    }

    [TestMethod]
    public void A_text_of_a_million_tokens_trains_beside_short_ones()
    {
        var random = new Random(1);
        string[] texts = [new string([.. Enumerable.Range(0, 1_000_000).Select(_ => "abcd"[random.Next(4)])]), "a", "bc"];
        var options = (Texts.Tiny with { HiddenSizes = [4], TruncationLength = 256 }).Train(t => t with { Epochs = 1, BatchSize = 64, ValidationFraction = 0 });

        var model = Texts.Fit(Texts.View(texts), options, "abcd");

        Assert.AreEqual(Math.Log(4), model.LastTransformer.History[0].TrainingLoss, 0.05);
    }
}
