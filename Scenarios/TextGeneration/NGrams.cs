namespace MlNetRnn.Scenarios.TextGeneration;

/// <summary>What the simplest language models give: the frequency of a token, alone or after the one before, with one more of each (Laplace).</summary>
internal static class NGrams
{
    private const string Edge = ""; // begins and ends a line

    /// <summary>Nats per token of held-out texts; unknown tokens are not counted, as the network does not predict them.</summary>
    /// <param name="corpus">The texts.</param>
    /// <param name="ofTwo">Whether the token before counts.</param>
    public static double NatsPerToken(TextCorpus corpus, bool ofTwo)
    {
        var known = corpus.Tokens.ToHashSet();
        var (pairs, totals) = (new Dictionary<(string, string), int>(), new Dictionary<string, int>());
        foreach (var (before, token) in Steps(corpus.Training, corpus.IsStream, known).Where(s => s.Token is not null))
        {
            string context = ofTwo ? before : Edge;
            pairs[(context, token!)] = pairs.GetValueOrDefault((context, token!)) + 1;
            totals[context] = totals.GetValueOrDefault(context) + 1;
        }
        double nats = 0;
        long count = 0;
        foreach (var (before, token) in Steps(corpus.Test, corpus.IsStream, known).Where(s => s.Token is not null))
        {
            string context = ofTwo ? before : Edge;
            nats -= Math.Log((pairs.GetValueOrDefault((context, token!)) + 1.0) / (totals.GetValueOrDefault(context) + known.Count + 1));
            count++;
        }
        return nats / count;
    }

    private static IEnumerable<(string Before, string? Token)> Steps(string[][] rows, bool isStream, HashSet<string> known)
    {
        string before = Edge;
        foreach (string[] row in rows)
        {
            foreach (string token in row)
            {
                bool isKnown = known.Contains(token);
                yield return (before, isKnown ? token : null);
                before = isKnown ? token : "?unknown";
            }
            if (isStream)
                continue;
            yield return (before, Edge);
            before = Edge;
        }
    }
}
