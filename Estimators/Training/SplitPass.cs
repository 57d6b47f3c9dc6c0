namespace MlNetRnn;

/// <summary>One pass over the sequences of a <see cref="SplitRule"/>, which tells of each what it is for, and counts.</summary>
internal sealed class SplitPass(SplitRoles roles)
{
    private SplitCounts _counts;

    /// <summary>What was counted so far.</summary>
    public SplitCounts Counts => _counts;

    /// <summary>Takes the next sequence.</summary>
    /// <param name="part">Its group, or its class.</param>
    /// <param name="labelled">Whether it has a label.</param>
    public SequenceRole Next(int part, bool labelled)
    {
        var role = roles.Next(part, labelled);
        _counts.Groups = Math.Max(_counts.Groups, part + 1);
        _counts.Rows++;
        _counts.Labelled += labelled ? 1 : 0;
        _counts.Training += role == SequenceRole.Training ? 1 : 0;
        _counts.Validation += role == SequenceRole.Validation ? 1 : 0;
        return role;
    }
}
