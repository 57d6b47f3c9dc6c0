namespace MlNetRnn;

/// <summary>What a sequence is for.</summary>
internal enum SequenceRole
{
    /// <summary>It has no label, or its label reaches into the time of validation.</summary>
    None,

    Training,

    Validation,
}

/// <summary>
/// Which sequences train and which validate, told by counting: the latest part of the labelled ones (of each group) validates, and
/// nothing whose label reaches into it trains. Nothing is kept per sequence.
/// </summary>
internal sealed class SplitRule
{
    private readonly long[]? _firstValidating; // per group: a position in it, the largest number where none validates; null: in no group
    private readonly int _gap;

    private SplitRule(long[]? firstValidating, int gap) => (_firstValidating, _gap) = (firstValidating, gap);

    /// <summary>Every labelled sequence trains.</summary>
    public static SplitRule AllTrain { get; } = new(null, 0);

    /// <summary>A rule for sequences in order of time.</summary>
    /// <param name="fraction">Share that validates; 0 for none.</param>
    /// <param name="grouped">Whether each group is split by itself.</param>
    /// <param name="gap">Sequences of a group before its first validating one whose labels lie at or past it: horizon / stride.</param>
    /// <param name="forEach">
    /// Calls its argument for each sequence with its group, numbered in the order they are first seen, and whether it has a label. Done
    /// twice where sequences without a label stand before the time of validation.
    /// </param>
    public static SplitRule Create(double fraction, bool grouped, int gap, Action<Action<int, bool>> forEach)
    {
        if (fraction == 0)
            return AllTrain;
        var groups = new List<GroupCounts>();
        forEach((group, labelled) =>
        {
            if (group == groups.Count)
                groups.Add(new());
            groups[group].Count(labelled);
        });
        foreach (var group in groups)
            group.Decide(fraction, grouped);
        if (groups.Any(g => g.IsSearching))
            forEach((group, labelled) => groups[group].Search(labelled));
        return new([.. groups.Select(g => g.FirstValidating)], gap);
    }

    /// <summary>Begins to go through the sequences.</summary>
    public SplitPass Begin() => new(_firstValidating, _gap);

    private sealed class GroupCounts
    {
        private long _sequences;
        private long _labelled;
        private long _firstUnlabelled = long.MaxValue;
        private long _before; // labelled sequences that do not validate

        public long FirstValidating { get; private set; } = long.MaxValue;

        public bool IsSearching { get; private set; }

        public void Count(bool labelled)
        {
            if (labelled)
                _labelled++;
            else if (_firstUnlabelled == long.MaxValue)
                _firstUnlabelled = _sequences;
            _sequences++;
        }

        public void Decide(double fraction, bool grouped)
        {
            long validating = Validating(_labelled, fraction, grouped);
            if (validating == 0)
                return;
            _before = _labelled - validating;
            if (_firstUnlabelled > _before)
                FirstValidating = _before;
            else
                (IsSearching, _sequences) = (true, 0);
        }

        public void Search(bool labelled)
        {
            if (IsSearching && labelled && _before-- == 0)
                (FirstValidating, IsSearching) = (_sequences, false);
            _sequences++;
        }

        // Of a group as ChronologicalSplit counts test rows; of one series as many as fit into the fraction.
        private static long Validating(long labelled, double fraction, bool grouped)
        {
            if (!grouped)
                return (long)(labelled * fraction);
            return labelled < 2 ? 0 : Math.Clamp((long)Math.Round(labelled * fraction, MidpointRounding.AwayFromZero), 1, labelled - 1);
        }
    }
}

/// <summary>One pass over the sequences of a <see cref="SplitRule"/>, which tells of each what it is for.</summary>
/// <param name="firstValidating">Per group the position of its first validating sequence; null: every labelled sequence trains.</param>
/// <param name="gap">Sequences before it that do not train.</param>
internal sealed class SplitPass(long[]? firstValidating, int gap)
{
    private readonly long[] _positions = new long[firstValidating?.Length ?? 0]; // of each group's next sequence
    private SplitCounts _counts;

    /// <summary>What was counted so far.</summary>
    public SplitCounts Counts => _counts;

    /// <summary>Takes the next sequence.</summary>
    public SequenceRole Next(int group, bool labelled)
    {
        var role = labelled ? Role(group) : SequenceRole.None;
        if (group < _positions.Length)
            _positions[group]++;
        _counts.Groups = Math.Max(_counts.Groups, group + 1);
        _counts.Rows++;
        _counts.Labelled += labelled ? 1 : 0;
        _counts.Training += role == SequenceRole.Training ? 1 : 0;
        _counts.Validation += role == SequenceRole.Validation ? 1 : 0;
        return role;
    }

    private SequenceRole Role(int group)
    {
        if (firstValidating is null)
            return SequenceRole.Training;
        if (group >= _positions.Length)
            return SequenceRole.None; // was not there when the rule was made
        if (_positions[group] >= firstValidating[group])
            return SequenceRole.Validation;
        return _positions[group] + gap < firstValidating[group] ? SequenceRole.Training : SequenceRole.None;
    }
}

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
            throw new InvalidOperationException($"None of the {Rows} rows has a label (all are NaN); "
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
