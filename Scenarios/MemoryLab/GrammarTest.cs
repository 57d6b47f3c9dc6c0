namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>Whether a language model knows the grammar: after each letter, those that may follow must be likelier than all others.</summary>
internal static class GrammarTest
{
    /// <summary>The share of strings in which it is wrong at any letter.</summary>
    public static double WrongStrings(SequenceModel model, ReberGrammar grammar, string[] strings)
    {
        using var predictor = new StreamingPredictor(model);
        string[] letters = [.. model.Manifest.Classes!.Values];
        float[] probabilities = new float[letters.Length];
        int wrong = 0;
        foreach (string text in strings)
        {
            var series = predictor.CreateSeries();
            series.Step([letters.Length], probabilities); // what begins a string is what ends it
            bool isRight = true;
            for (int i = 0; i < text.Length && isRight; i++)
            {
                isRight = KnowsNext(letters, probabilities, grammar.Next(text[..i]));
                series.Step([Array.IndexOf(letters, text[i].ToString()) + 1], probabilities);
            }
            wrong += isRight ? 0 : 1;
        }
        return wrong / (double)strings.Length;
    }

    private static bool KnowsNext(string[] letters, float[] probabilities, string next)
    {
        float least = letters.Index().Where(l => next.Contains(l.Item, StringComparison.Ordinal)).Min(l => probabilities[l.Index]);
        return letters.Index().All(l => next.Contains(l.Item, StringComparison.Ordinal) || probabilities[l.Index] < least);
    }
}
