namespace MlNetRnn.Scenarios.TextGeneration;

/// <summary>Generated texts.</summary>
internal static class Samples
{
    private const int AfterEpoch = 6, AfterEpochLength = 60;

    /// <summary>Prints a few after each epoch, so that one sees the model learn.</summary>
    public static TrainingCallback AfterEachEpoch(Tokenizer tokenizer, TextGenerationSettings settings) => TrainingCallback.EachEpoch(context =>
    {
        using var generator = new TokenGenerator(context.CreateModel());
        int count = settings.IsStream ? 1 : AfterEpoch;
        var texts = Generate(generator, tokenizer, [], settings.Sampling, AfterEpochLength, count, settings.Common.Seed).Select(OneLine);
        EpochProgress.WriteLine($"  {string.Join(" · ", texts)}");
    });

    /// <summary>Texts by seeds one after the other.</summary>
    public static IEnumerable<string> Generate(
        TokenGenerator generator, Tokenizer tokenizer, string[] prompt, SamplingOptions sampling, int length, int count, int seed) =>
        Enumerable.Range(0, count).Select(i => tokenizer.Text(prompt.Concat(generator.Generate(prompt, length, sampling with { Seed = seed + i }))));

    public static string OneLine(string text) => text.Replace('\n', '⏎');
}
