namespace MlNetRnn;

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
