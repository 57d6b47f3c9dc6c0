namespace MlNetRnn;

/// <summary>How well a language model predicts texts, by the probability that it gives to each token after those before it.</summary>
/// <param name="NatsPerToken">The mean negative natural logarithm of those probabilities: cross-entropy. Lower is better.</param>
/// <param name="Accuracy">The share of tokens that were the likeliest.</param>
/// <param name="Tokens">Tokens predicted, end symbols among them; unknown ones are not counted.</param>
/// <param name="Texts">Rows; of a stream 1.</param>
public sealed record LanguageModelMetrics(double NatsPerToken, double Accuracy, long Tokens, long Texts)
{
    /// <summary>The same in bits: <see cref="NatsPerToken"/> / ln 2.</summary>
    public double BitsPerToken => NatsPerToken / Math.Log(2);

    /// <summary>e to the power of <see cref="NatsPerToken"/>: among how many tokens of like probability the model guesses.</summary>
    public double Perplexity => Math.Exp(NatsPerToken);

    /// <summary>A line of all of them.</summary>
    /// <returns>The line.</returns>
    public override string ToString() =>
        $"{NatsPerToken:f4} nats per token ({BitsPerToken:f4} bits, perplexity {Perplexity:f3}), accuracy {Accuracy:p2}, {Tokens} tokens";
}
