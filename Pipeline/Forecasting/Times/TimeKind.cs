namespace MlNetRnn;

/// <summary>What the times of a column are.</summary>
internal enum TimeKind
{
    /// <summary>Whole numbers: integers, or ticks that stand for no date.</summary>
    Whole,

    /// <summary>Numbers that may have a part after the point, and are rounded.</summary>
    Numbers,

    /// <summary>Ticks of dates.</summary>
    Calendar,
}
