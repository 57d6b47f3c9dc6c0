using System.Numerics.Tensors;

namespace MlNetRnn;

/// <summary>Which sequences train and which validate, by their indices in order of time.</summary>
internal sealed record ValidationSplit(int[] Training, int[] Validation)
{
    /// <summary>
    /// Splits the labelled sequences: in order of time the latest part (of each group) validates, and nothing whose label reaches into it
    /// trains; else a part of each class.
    /// </summary>
    /// <param name="sequences">The sequences, with the groups they belong to, if any.</param>
    /// <param name="fraction">Share that validates; 0 for none.</param>
    /// <param name="gap">
    /// Sequences of a group before its first validating one whose labels lie at or past it: horizon / stride. Null: they are not in order
    /// of time.
    /// </param>
    /// <param name="part">Which part of each class validates, where they are not.</param>
    public static ValidationSplit Create(Sequences sequences, double fraction, int? gap, int part = 0)
    {
        var rule = SplitRule.Create(
            fraction, grouped: !sequences.Groups.IsEmpty, gap, part, next => ForEach(sequences, sequences.Count, (group, _, labelled) => next(group, labelled)));
        var split = Apply(rule, sequences, sequences.Count, out var counts);
        counts.Check(fraction, gap ?? 0);
        return split;
    }

    /// <summary>The labelled sequences before <paramref name="training"/> train, those from there on validate.</summary>
    public static ValidationSplit Given(Sequences sequences, int training)
    {
        var split = Apply(SplitRule.AllTrain, sequences, training, out var counts);
        counts.Check(fraction: 0, gap: 0);
        int given = sequences.Count - training;
        int[] validation = [.. Enumerable.Range(training, given).Where(i => IsLabelled(sequences.Label(i)))];
        SplitCounts.CheckGiven(given, validation.Length);
        return split with { Validation = validation };
    }

    /// <summary>Whether any value of a label is known.</summary>
    public static bool IsLabelled(ReadOnlySpan<float> label) => !TensorPrimitives.IsNaNAll(label);

    private static ValidationSplit Apply(SplitRule rule, Sequences sequences, int count, out SplitCounts counts)
    {
        var (training, validation, pass) = (new List<int>(count), new List<int>(), rule.Begin());
        int index = 0;
        ForEach(sequences, count, (group, i, labelled) =>
        {
            var role = pass.Next(rule.PartOf(group, sequences.Label(i)), labelled);
            if (role == SequenceRole.Training)
                training.Add(index);
            else if (role == SequenceRole.Validation)
                validation.Add(index);
            index++;
        });
        counts = pass.Counts;
        return new([.. training], [.. validation]);
    }

    private static void ForEach(Sequences sequences, int count, Action<int, int, bool> next)
    {
        for (int i = 0; i < count; i++)
            next(sequences.Groups.IsEmpty ? 0 : sequences.Groups[i], i, IsLabelled(sequences.Label(i)));
    }
}
