namespace MlNetRnn;

/// <summary>
/// Which sequences train and which validate, told by counting: the latest part of the labelled ones (of each group) validates, and
/// nothing whose label reaches into it trains. Nothing is kept per sequence.
/// </summary>
internal sealed class SplitRule
{
    private readonly long[]? _firstValidating; // per group: a position in it, the largest number where none validates; null: in no group
    private readonly int _gap;

    private SplitRule(long[]? firstValidating, int gap, bool grouped) =>
        (_firstValidating, _gap, ValidationIsLast) = (firstValidating, gap, !grouped);

    /// <summary>Whether all that validates comes after all that trains; of several groups, each has its own time of validation.</summary>
    public bool ValidationIsLast { get; }

    /// <summary>Every labelled sequence trains.</summary>
    public static SplitRule AllTrain { get; } = new(null, 0, grouped: false);

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
        return new([.. groups.Select(g => g.FirstValidating)], gap, grouped);
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
