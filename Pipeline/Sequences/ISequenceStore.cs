namespace MlNetRnn;

/// <summary>Sequences that are held in memory with their labels, by number.</summary>
internal interface ISequenceStore
{
    /// <summary>The number of values per step.</summary>
    int Features { get; }

    /// <summary>The number of values per label.</summary>
    int LabelSize { get; }

    /// <summary>The most steps of a sequence so far.</summary>
    int MostSteps { get; }

    /// <summary>The values of a sequence, [steps, <see cref="Features"/>].</summary>
    ReadOnlySpan<float> this[int sequence] { get; }

    /// <summary>The values of a sequence's label, [<see cref="LabelSize"/>]; NaN where unknown.</summary>
    ReadOnlySpan<float> Label(int sequence);
}
