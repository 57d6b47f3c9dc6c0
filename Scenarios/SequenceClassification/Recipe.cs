namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>
/// What is tried on the training part, and how much work each try may be: by the number and the lengths of its sequences alone, never by what
/// the data is called. What is taken of the tries follows from their cross-validation (<see cref="Tried.Best"/>);
/// the test part is not looked at.
/// </summary>
/// <param name="Tries">The networks to choose from.</param>
/// <param name="Members">Networks of each try, each validated on another part where a part validates.</param>
/// <param name="BatchSize">Sequences per step of the optimizer.</param>
/// <param name="Epochs">Passes over the training sequences, at most.</param>
/// <param name="Validates">Whether a part of each class validates; with a handful of examples all of them train.</param>
internal sealed record Recipe(Try[] Tries, int Members, int BatchSize, int Epochs, bool Validates)
{
    private const int MostSteps = 256;     // read one by one; a longer sequence is stacked
    private const int CoarseSteps = 64;    // what the coarser way leaves of a long sequence
    private const int SmallWork = 100_000; // steps per epoch up to which all is cross-validated: about a minute for each try
    private const int LargeWork = 500_000; // steps per epoch from which one network must do
    private const int MostUpdates = 5_000; // of the weights
    private const int ShortSteps = 32;
    public const int MostEpochs = 300;
    private const int Folds = 5;
    private const int BlindEpochs = 100; // where nothing validates

    /// <param name="lengths">Steps of each training sequence.</param>
    /// <param name="largestClass">Sequences of the class with the most.</param>
    /// <param name="isText">Whether steps are tokens.</param>
    public static Recipe For(IReadOnlyCollection<int> lengths, int largestClass, bool isText)
    {
        int longest = Math.Max(1, lengths.Max());
        int[] stacks = isText ? [1] : [.. new[] { Stack(longest, MostSteps), Stack(longest, CoarseSteps) }.Distinct()];
        double work = lengths.Sum(l => (double)l) / stacks[0];
        // A short sequence is remembered as a whole, and its places count; in a long one what tells the classes apart may stand anywhere.
        SequenceReadout[] readouts = longest <= ShortSteps ? [SequenceReadout.Last] : [SequenceReadout.Last, SequenceReadout.Max];
        Try[] tries = [.. stacks.SelectMany(s => readouts.Select(readout => new Try(readout, s)))];
        bool validates = largestClass >= Folds;
        int members = work <= SmallWork ? Folds : work <= LargeWork ? 3 : 1;
        int batch = lengths.Count switch { < 400 => Math.Min(16, Math.Max(1, lengths.Count / 4)), < 4000 => 32, _ => 64 };
        int epochs = validates ? (int)Math.Clamp(MostUpdates * (long)batch / lengths.Count, 10, MostEpochs) : BlindEpochs;
        return new(work <= LargeWork ? tries : [new(SequenceReadout.Max, stacks[^1])], members, batch, epochs, validates);
    }

    /// <summary>The options of a try.</summary>
    /// <param name="cell">Cell and direction.</param>
    /// <param name="one">The try.</param>
    /// <param name="isText">Whether steps are tokens.</param>
    public RecurrentOptions Options(RecurrentOptions cell, Try one, bool isText) => cell with
    {
        HiddenSizes = [64],
        DenseSizes = [],
        Readout = one.Readout,
        Input = isText ? new() : new() { Deltas = true, StackedSteps = one.StackedSteps },
        Members = Members,
        Training = new()
        {
            BatchSize = BatchSize,
            Epochs = Epochs,
            LearningRate = 2e-3,
            ValidationFraction = Validates ? 1.0 / Folds : 0,
            EarlyStopping = Validates ? new() { Patience = Math.Max(5, Epochs / 5) } : null,
            ReduceLearningRate = Validates ? new() { Patience = Math.Max(2, Epochs / 15), Factor = 0.4 } : null,
            Threads = Tries.Length > 1 ? 1 : null, // several are trained side by side
        },
    };

    private static int Stack(int longest, int most) => (longest + most - 1) / most;
}

/// <summary>A network to try.</summary>
/// <param name="Readout">What is read of the recurrent layer.</param>
/// <param name="StackedSteps">Steps that are read as one.</param>
internal sealed record Try(SequenceReadout Readout, int StackedSteps)
{
    public override string ToString() =>
        (Readout == SequenceReadout.Max ? "largest value over the steps" : "last state") + (StackedSteps > 1 ? $", {StackedSteps} steps as one" : "");
}
