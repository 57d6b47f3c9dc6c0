namespace MlNetRnn;

/// <summary>Which sequences train and which validate, by their indices in order of time.</summary>
internal sealed record ValidationSplit(int[] Training, int[] Validation)
{
    /// <summary>Splits the labelled sequences: the latest part validates, and nothing whose label reaches into it trains.</summary>
    /// <param name="sequences">The sequences in order of time.</param>
    /// <param name="fraction">Share that validates; 0 for none.</param>
    /// <param name="gap">Sequences before the first validating one whose labels lie at or past it: horizon / stride.</param>
    public static ValidationSplit Create(Sequences sequences, double fraction, int gap)
    {
        int[] labelled = [.. Enumerable.Range(0, sequences.Count).Where(i => IsLabelled(sequences, i))];
        if (labelled.Length == 0)
            throw new InvalidOperationException($"None of the {sequences.Count} rows has a label (all are NaN); "
                + "training needs labelled rows. Check the label column and the horizon.");
        if (fraction == 0)
            return new(labelled, []);
        int count = (int)(labelled.Length * fraction);
        int[] validation = labelled[^count..];
        int[] training = count == 0 ? labelled : [.. labelled[..^count].Where(i => i + gap < validation[0])];
        if (training.Length == 0 || count == 0)
        {
            throw new InvalidOperationException(
                $"Training.ValidationFraction {fraction} of {labelled.Length} labelled rows leaves {training.Length} rows to train "
                    + $"and {count} to validate (labels reach {gap} rows ahead). "
                    + "Give more rows, another fraction, or 0 for no validation.");
        }
        return new(training, validation);
    }

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
