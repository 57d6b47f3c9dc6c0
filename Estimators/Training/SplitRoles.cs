using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>Tells, sequence by sequence, which train and which validate.</summary>
internal abstract class SplitRoles
{
    /// <summary>What the next sequence is for.</summary>
    /// <param name="part">Its group, or its class.</param>
    /// <param name="labelled">Whether it has a label.</param>
    public abstract SequenceRole Next(int part, bool labelled);
}

/// <summary>Every labelled sequence trains.</summary>
internal sealed class AllTraining : SplitRoles
{
    public override SequenceRole Next(int part, bool labelled) => labelled ? SequenceRole.Training : SequenceRole.None;
}

/// <summary>The latest of each group validate.</summary>
/// <param name="firstValidating">Per group the position of its first validating sequence.</param>
/// <param name="gap">Sequences before it that do not train.</param>
internal sealed class LatestValidate(long[] firstValidating, int gap) : SplitRoles
{
    private readonly long[] _positions = new long[firstValidating.Length]; // of each group's next sequence

    public override SequenceRole Next(int part, bool labelled)
    {
        if (part >= _positions.Length)
            return SequenceRole.None; // was not there when the rule was made
        long position = _positions[part]++;
        if (!labelled)
            return SequenceRole.None;
        if (position >= firstValidating[part])
            return SequenceRole.Validation;
        return position + gap < firstValidating[part] ? SequenceRole.Training : SequenceRole.None;
    }
}

/// <summary>
/// Of each class its share validates, spread evenly over the data: every tenth of it for a tenth. The first one of a class always trains.
/// </summary>
/// <param name="fraction">Share that validates.</param>
/// <param name="part">Which of the possible parts: of 1 / fraction parts each sequence is in one, but for the first of a class.</param>
internal sealed class SpreadValidate(double fraction, int part) : SplitRoles
{
    private static readonly double Golden = (Math.Sqrt(5) - 1) / 2; // classes begin at places of their own, so that small ones take turns

    private readonly List<long> _seen = []; // labelled sequences per class

    public override SequenceRole Next(int @class, bool labelled)
    {
        if (!labelled)
            return SequenceRole.None;
        if (@class >= _seen.Count)
            CollectionsMarshal.SetCount(_seen, @class + 1);
        long before = _seen[@class]++;
        return before > 0 && Due(@class, before + 1) > Due(@class, before) ? SequenceRole.Validation : SequenceRole.Training;
    }

    private double Due(int @class, long sequences) => Math.Floor(((sequences + part) * fraction) + ((0.5 + (@class * Golden)) % 1));
}
