namespace MlNetRnn;

/// <summary>Which sequences train and which validate, by their indices in order of time.</summary>
internal sealed record ValidationSplit(int[] Training, int[] Validation)
{
    /// <summary>
    /// Splits the labelled sequences: the latest part (of each group) validates, and nothing whose label reaches into it trains.
    /// </summary>
    /// <param name="sequences">The sequences in order of time, with the groups they belong to, if any.</param>
    /// <param name="fraction">Share that validates; 0 for none.</param>
    /// <param name="gap">Sequences of a group before its first validating one whose labels lie at or past it: horizon / stride.</param>
    public static ValidationSplit Create(Sequences sequences, double fraction, int gap)
    {
        int[] labelled = Trainable(sequences, sequences.Count);
        if (fraction == 0)
            return new(labelled, []);
        var (positions, groups) = Positions(sequences);
        int[] first = FirstValidating(sequences, labelled, positions, groups, fraction);
        int[] validation = [.. labelled.Where(i => positions[i] >= first[Group(sequences, i)])];
        int[] training = [.. labelled.Where(i => (long)positions[i] + gap < first[Group(sequences, i)])];
        if (training.Length == 0 || validation.Length == 0)
        {
            throw new InvalidOperationException(
                $"Training.ValidationFraction {fraction} of {labelled.Length} labelled rows{(groups > 1 ? $" in {groups} groups" : "")} "
                    + $"leaves {training.Length} rows to train and {validation.Length} to validate (labels reach {gap} rows ahead). "
                    + "Give more rows, another fraction, or 0 for no validation.");
        }
        return new(training, validation);
    }

    /// <summary>The labelled sequences before <paramref name="training"/> train, those from there on validate.</summary>
    public static ValidationSplit Given(Sequences sequences, int training)
    {
        int validation = sequences.Count - training;
        var split = new ValidationSplit(Trainable(sequences, training), Labelled(sequences, training, validation));
        return split.Validation.Length > 0 ? split : throw new InvalidOperationException(
            $"The validation data has {validation} rows, and none has a label: nothing can be validated. Give labelled rows, or null "
                + "to hold out Training.ValidationFraction of the training data.");
    }

    private static int Group(Sequences sequences, int index) => sequences.Groups.IsEmpty ? 0 : sequences.Groups[index];

    // Each sequence's position within its group, and the number of groups.
    private static (int[] Positions, int Groups) Positions(Sequences sequences)
    {
        var positions = new int[sequences.Count];
        var next = new List<int>();
        for (int i = 0; i < positions.Length; i++)
        {
            int group = Group(sequences, i);
            if (group == next.Count) // numbered in the order they are first seen
                next.Add(0);
            positions[i] = next[group]++;
        }
        return (positions, next.Count);
    }

    // Per group: the position of the first sequence that validates; past all of them where none does.
    private static int[] FirstValidating(Sequences sequences, int[] labelled, int[] positions, int groups, double fraction)
    {
        var count = new int[groups];
        foreach (int i in labelled)
            count[Group(sequences, i)]++;
        int[] before = [.. count.Select(n => n - Validating(n, fraction, grouped: !sequences.Groups.IsEmpty))]; // labelled ones that do not
        int[] first = [.. Enumerable.Repeat(int.MaxValue, groups)];
        foreach (int i in labelled)
        {
            if (before[Group(sequences, i)]-- == 0)
                first[Group(sequences, i)] = positions[i];
        }
        return first;
    }

    // Of a group as ChronologicalSplit counts test rows; of one series as many as fit into the fraction.
    private static int Validating(int labelled, double fraction, bool grouped)
    {
        if (!grouped)
            return (int)(labelled * fraction);
        return labelled < 2 ? 0 : Math.Clamp((int)Math.Round(labelled * fraction, MidpointRounding.AwayFromZero), 1, labelled - 1);
    }

    private static int[] Trainable(Sequences sequences, int count) => Labelled(sequences, 0, count) is { Length: > 0 } labelled
        ? labelled
        : throw new InvalidOperationException($"None of the {count} rows has a label (all are NaN); "
            + "training needs labelled rows. Check the label column and the horizon.");

    private static int[] Labelled(Sequences sequences, int start, int count) =>
        [.. Enumerable.Range(start, count).Where(i => IsLabelled(sequences, i))];

    private static bool IsLabelled(Sequences sequences, int index)
    {
        foreach (float value in sequences.Labels.Slice(index * sequences.LabelSize, sequences.LabelSize))
        {
            if (!float.IsNaN(value))
                return true;
        }
        return false;
    }
}
