namespace MlNetRnn;

/// <summary>Sequences counted in a pass.</summary>
internal record struct SplitCounts
{
    public long Rows { get; set; }

    public long Labelled { get; set; }

    public long Training { get; set; }

    public long Validation { get; set; }

    public int Groups { get; set; }

    /// <summary>Checks that there is something to train on, and to validate.</summary>
    /// <param name="fraction">Share that was to validate.</param>
    /// <param name="gap">Rows that labels reach ahead.</param>
    /// <exception cref="InvalidOperationException">There is not.</exception>
    public readonly void Check(double fraction, int gap)
    {
        if (Labelled == 0)
            throw new InvalidOperationException($"None of the {Rows} rows has a label (all are NaN, missing, or of weight 0); "
                + "training needs labelled rows. Check the label column and the horizon.");
        if (Math.Max(Training, Validation) > int.MaxValue)
            throw new InvalidOperationException($"There are {Training} sequences to train on and {Validation} to validate; at most "
                + $"{int.MaxValue} of each can be. Give fewer rows, or a larger stride.");
        if (fraction > 0 && (Training == 0 || Validation == 0))
        {
            throw new InvalidOperationException(
                $"Training.ValidationFraction {fraction} of {Labelled} labelled rows{(Groups > 1 ? $" in {Groups} groups" : "")} "
                    + $"leaves {Training} rows to train and {Validation} to validate (labels reach {gap} rows ahead). "
                    + "Give more rows, another fraction, or 0 for no validation.");
        }
    }

    /// <summary>Checks that validation data that was given, all of which validates, has labels.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="labelled">Those with a label.</param>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public static void CheckGiven(long rows, long labelled)
    {
        if (labelled == 0)
            throw new InvalidOperationException($"The validation data has {rows} rows, and none has a label: nothing can be validated. Give "
                + "labelled rows, or null to hold out Training.ValidationFraction of the training data.");
        if (labelled > int.MaxValue)
            throw new InvalidOperationException($"The validation data has {labelled} rows with a label; at most {int.MaxValue} can be. Give "
                + "fewer.");
    }
}
