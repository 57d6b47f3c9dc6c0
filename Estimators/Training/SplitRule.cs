namespace MlNetRnn;

/// <summary>
/// Which sequences train and which validate, told by counting: in order of time the latest part of the labelled ones (of each group)
/// validates, and nothing whose label reaches into it trains; without, an even share of each class. Nothing is kept per sequence.
/// </summary>
internal sealed class SplitRule
{
    private readonly Func<SplitRoles> _roles;
    private readonly bool _byClass;

    private SplitRule(Func<SplitRoles> roles, bool validationIsLast, bool byClass = false) =>
        (_roles, ValidationIsLast, _byClass) = (roles, validationIsLast, byClass);

    /// <summary>Whether all that validates comes after all that trains; of several groups, each has its own time of validation.</summary>
    public bool ValidationIsLast { get; }

    /// <summary>Every labelled sequence trains.</summary>
    public static SplitRule AllTrain { get; } = new(() => new AllTraining(), validationIsLast: true);

    /// <summary>A rule.</summary>
    /// <param name="fraction">Share that validates; 0 for none.</param>
    /// <param name="grouped">Whether each group is split by itself.</param>
    /// <param name="gap">
    /// Sequences of a group before its first validating one whose labels lie at or past it: horizon / stride. Null: they are not in order
    /// of time, and a part of each class validates.
    /// </param>
    /// <param name="part">Which part of each class, where they are not in order of time.</param>
    /// <param name="forEach">
    /// Calls its argument for each sequence in order of time with its group, numbered in the order they are first seen, and whether it has a label. Done
    /// twice where sequences without a label stand before the time of validation.
    /// </param>
    public static SplitRule Create(double fraction, bool grouped, int? gap, int part, Action<Action<int, bool>> forEach)
    {
        if (fraction == 0)
            return AllTrain;
        if (gap is not { } reach)
            return new(() => new SpreadValidate(fraction, part), validationIsLast: false, byClass: true);
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
        long[] first = [.. groups.Select(g => g.FirstValidating)];
        return new(() => new LatestValidate(first, reach), validationIsLast: !grouped);
    }

    /// <summary>Begins to go through the sequences.</summary>
    public SplitPass Begin() => new(_roles());

    /// <summary>What a sequence is counted within: its group, or its class.</summary>
    public int PartOf(int group, ReadOnlySpan<float> label) => !_byClass ? group : float.IsNaN(label[0]) ? 0 : (int)label[0];

    private sealed class GroupCounts
    {
        private long _sequences;
        private long _labelled;
        private long _firstUnlabelled = long.MaxValue;
        private long _before; // labelled sequences that do not validate

        public long FirstValidating { get; private set; } = long.MaxValue; // a position in the group; the largest number where none validates

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
