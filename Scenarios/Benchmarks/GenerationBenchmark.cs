using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>
/// Tokens per second of <see cref="TokenGenerator"/> beside a loop written by hand in TorchSharp, which carries states as well, and beside
/// scoring the text so far anew for each token, as one does with a model that takes whole sequences. One thread each, a character
/// vocabulary, after texts of several lengths: what a token costs must not depend on them.
/// </summary>
internal static class GenerationBenchmark
{
    private const int EmbeddingSize = 32;
    private const int Tokens = 500; // of a measurement

    private static readonly string[] s_letters = [.. Enumerable.Range('a', 26).Select(c => $"{(char)c}")];

    /// <summary>A row of the results; the ratio is that of the generator's rate to the loop's by hand.</summary>
    /// <param name="Cell">The cell.</param>
    /// <param name="Hidden">Hidden size.</param>
    /// <param name="Length">Tokens of the text so far.</param>
    /// <param name="RescoringTokensPerSecond">Of scoring all of the text for each token.</param>
    /// <param name="TorchTokensPerSecond">Of the loop by hand.</param>
    /// <param name="TokensPerSecond">Of the generator.</param>
    /// <param name="Ratio">The last over the one before.</param>
    public sealed record Row(string Cell, int Hidden, int Length, double RescoringTokensPerSecond, double TorchTokensPerSecond, double TokensPerSecond, double Ratio);

    public static IEnumerable<Row> Run(string cell, int hidden, int[] lengths, int rounds)
    {
        var model = Trained(cell, hidden);
        using var generator = new TokenGenerator(model);
        using var predictor = new SequencePredictor(model, new() { Threads = 1 });
        using var byHand = new TorchTextLoop(cell, s_letters.Length + 1, EmbeddingSize, hidden);
        foreach (int length in lengths)
        {
            float[] text = [.. Enumerable.Range(0, length).Select(i => 1f + (i * 7 % s_letters.Length))];
            var rates = Interleaved.Run(rounds, () => Rescored(predictor, text), () => ByHand(byHand), () => Generated(generator, length));
            yield return new(cell, hidden, length, rates[0].Median, rates[1].Median, rates[2].Median, rates[2].Over(rates[1]).Median);
        }
    }

    private static double Rescored(SequencePredictor predictor, float[] text)
    {
        int times = Math.Max(1, 20_000 / text.Length);
        var probabilities = new float[predictor.OutputSize];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
            predictor.Predict(text, probabilities);
        return times / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double ByHand(TorchTextLoop loop)
    {
        long start = Stopwatch.GetTimestamp();
        loop.Generate(Tokens);
        return Tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // The ten likeliest letters: the end of the text is never among them, so that all texts are long enough.
    private static double Generated(TokenGenerator generator, int length)
    {
        long start = 0;
        int drawn = 0;
        foreach (string _ in generator.Generate("", length + Tokens, new() { TopK = 10, Seed = 1 }))
        {
            if (++drawn == length)
                start = Stopwatch.GetTimestamp();
        }
        return drawn == length + Tokens
            ? Tokens / Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new InvalidOperationException($"The text ended after {drawn} tokens; it was to have {length + Tokens}.");
    }

    private static SequenceModel Trained(string cell, int hidden)
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        var texts = ml.Data.LoadFromEnumerable([new Text { Letters = [.. s_letters, .. random.GetItems(s_letters, 20_000)] }]);
        var chain = ml.Transforms.Conversion.MapValueToKey("Letters")
            .Append(ml.MulticlassClassification.Trainers.LanguageModel("Letters", new()
            {
                Cell = BenchmarkCase.CellOf(cell),
                EmbeddingSize = EmbeddingSize,
                HiddenSizes = [hidden],
                Rows = LanguageRows.Stream,
                Training = new() { Epochs = 1, Seed = 1 },
            }));
        return chain.Fit(texts).LastTransformer.Model;
    }

    private sealed class Text
    {
        [VectorType]
        public string[] Letters { get; set; } = [];
    }
}
