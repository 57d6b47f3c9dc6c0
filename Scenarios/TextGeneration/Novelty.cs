namespace MlNetRnn.Scenarios.TextGeneration;

/// <summary>How many of many generated lines are new.</summary>
/// <param name="Lines">Lines generated.</param>
/// <param name="Different">The share of them that are different.</param>
/// <param name="New">The share of those that are not among what was learnt.</param>
/// <param name="HeldOut">The share of those that are among the lines held out: the model found what it never saw.</param>
internal sealed record Novelty(int Lines, double Different, double New, double HeldOut)
{
    private const int Generated = 2000;

    public static Novelty Of(TokenGenerator generator, TextCorpus corpus, Tokenizer tokenizer, TextGenerationSettings settings, int length)
    {
        var texts = Samples.Generate(generator, tokenizer, [], settings.Sampling, length, Generated, settings.Common.Seed).ToHashSet(StringComparer.Ordinal);
        var learnt = corpus.Training.Select(tokenizer.Text).ToHashSet(StringComparer.Ordinal);
        var held = corpus.Test.Select(tokenizer.Text).ToHashSet(StringComparer.Ordinal);
        double Share(Func<string, bool> which) => texts.Count(which) / (double)texts.Count;
        return new(Generated, texts.Count / (double)Generated, Share(t => !learnt.Contains(t)), Share(held.Contains));
    }

    public override string ToString() =>
        $"Of {Lines} generated lines {Different:p1} are different; of those {New:p1} are new, and {HeldOut:p1} are among the lines held out.";
}
