using System.Diagnostics;
using Microsoft.ML;

namespace MlNetRnn.Scenarios.TextGeneration;

/// <summary>The scenario from texts to new ones.</summary>
internal static class TextGenerationScenario
{
    private const int LineLength = 100, StreamLength = 500, LineSamples = 20;
    private const int Compared = 100; // rows that files are compared on
    private const double SpeedSeconds = 1;

    public static int Run(TextGenerationSettings settings, CancellationToken cancellation)
    {
        settings.Sampling.Validate();
        var ml = new MLContext(settings.Common.Seed);
        if (settings.Common.Model is { } file)
        {
            Generate(TrainedText.Load(ml, file).Model, settings);
            return 0;
        }
        var folder = new OutputFolder(settings.Common.Out);
        var corpus = TextCorpus.Read(settings);
        corpus.Print();
        CheckPrompt(corpus, settings);
        var trained = TrainedText.Train(ml, corpus, settings, cancellation);
        using var generator = new TokenGenerator(trained.Model);
        var test = TextCorpus.View(ml, corpus.Test);
        var metrics = ml.MulticlassClassification.EvaluateLanguageModel(trained.Chain!, test);
        Report(folder, settings, corpus, trained, generator, metrics, trained.SaveAndCompare(ml, folder, ml.Data.TakeRows(test, Compared)));
        HistoryPlot.Save(folder.File("history.png"), trained.Model.Manifest.Training.History, $"{corpus.Title}, a {(corpus.OfWords ? "word" : "character")} model", "Nats per token", "Accuracy");
        string[] texts = Generate(trained.Model, settings);
        folder.Write("samples.txt", stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            foreach (string text in texts)
                writer.WriteLine(text);
        });
        folder.PrintWritten();
        return 0;
    }

    private static void Report(
        OutputFolder folder, TextGenerationSettings settings, TextCorpus corpus, TrainedText trained, TokenGenerator generator, LanguageModelMetrics metrics,
        double difference)
    {
        var tokenizer = new Tokenizer(corpus.OfWords);
        var novelty = corpus.IsStream ? null : Novelty.Of(generator, corpus, tokenizer, settings, settings.Length ?? LineLength);
        double speed = Speed(generator, settings.Sampling);
        var baselines = new Dictionary<string, IReadOnlyDictionary<string, double>>
        {
            ["bigram"] = Numbers(NGrams.NatsPerToken(corpus, ofTwo: true)),
            ["unigram"] = Numbers(NGrams.NatsPerToken(corpus, ofTwo: false)),
        };
        var test = new Dictionary<string, double>(Numbers(metrics.NatsPerToken)) { ["accuracy"] = metrics.Accuracy, ["tokensPerSecond"] = Math.Round(speed) };
        if (novelty is not null)
            (test["different"], test["new"], test["heldOut"]) = (novelty.Different, novelty.New, novelty.HeldOut);
        Console.WriteLine();
        ResultTable.Write(
            [$"{metrics.Tokens} held-out {(corpus.OfWords ? "words" : "characters")}", "nats per token", "perplexity"],
            [Row("LSTM", test), .. baselines.Select(b => Row(b.Key, b.Value))]);
        if (novelty is not null)
            Console.WriteLine(novelty);
        Console.WriteLine($"Generates {speed:n0} {(corpus.OfWords ? "words" : "characters")} per second on one thread.");
        new ScenarioReport
        {
            Scenario = "TextGeneration",
            Seed = settings.Common.Seed,
            Epochs = trained.Model.Manifest.Training.History.Length,
            TrainSeconds = trained.Seconds,
            OnnxMaxAbsDiff = difference,
            Models = [new("LSTM", test)],
            Baselines = baselines,
        }.Save(folder.File("report.json"));
    }

    private static Dictionary<string, double> Numbers(double nats) => new() { ["natsPerToken"] = nats, ["perplexity"] = Math.Exp(nats) };

    private static string[] Row(string name, IReadOnlyDictionary<string, double> numbers) => [name, $"{numbers["natsPerToken"]:f4}", $"{numbers["perplexity"]:f2}"];

    // Told before minutes of training.
    private static void CheckPrompt(TextCorpus corpus, TextGenerationSettings settings)
    {
        var unknown = new Tokenizer(corpus.OfWords).Tokens(settings.Prompt).Except(corpus.Tokens).ToArray();
        if (unknown.Length > 0 && !settings.MapsUnknown)
        {
            throw new ArgumentException($"--prompt has what the text to learn has not: {string.Join(", ", unknown.Select(t => $"'{t}'"))}. Leave it out, or read it as "
                + "unknown by --unknown map.");
        }
    }

    private static string[] Generate(SequenceModel model, TextGenerationSettings settings)
    {
        using var generator = new TokenGenerator(model);
        bool isStream = model.Manifest.Language!.Rows == LanguageRows.Stream;
        var tokenizer = new Tokenizer(generator.Tokens.Any(t => t.EnumerateRunes().Count() > 1));
        string[] prompt = tokenizer.Tokens(settings.Prompt);
        var unknown = prompt.Except(generator.Tokens).ToArray();
        if (unknown.Length > 0 && !settings.MapsUnknown)
            throw new ArgumentException($"--prompt has what the model does not know: {string.Join(", ", unknown.Select(t => $"'{t}'"))}. Leave it out, or read it as unknown by --unknown map.");
        int count = settings.Samples ?? (isStream ? 1 : LineSamples), length = settings.Length ?? (isStream ? StreamLength : LineLength);
        string[] texts = [.. Samples.Generate(generator, tokenizer, prompt, settings.Sampling, length, count, settings.Common.Seed)];
        Console.WriteLine();
        foreach (string text in texts)
            Console.WriteLine(text);
        return texts;
    }

    private static double Speed(TokenGenerator generator, SamplingOptions sampling)
    {
        long start = Stopwatch.GetTimestamp(), tokens = 0;
        for (int seed = 0; Stopwatch.GetElapsedTime(start).TotalSeconds < SpeedSeconds; seed++)
            tokens += generator.Generate("", 1000, sampling with { Seed = seed }).LongCount() + 1;
        return tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
