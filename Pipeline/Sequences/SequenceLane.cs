namespace MlNetRnn;

/// <summary>
/// Sequences that come one after the other, as the windows of a series do: rows that one shares with the one before are stored once.
/// </summary>
/// <param name="features">Values per row.</param>
/// <param name="shares">Tells which rows a sequence shares with the one before.</param>
/// <param name="limit">The most values that are stored.</param>
internal sealed class SequenceLane(int features, SharedSteps shares, int limit)
{
    private FloatList _values = new(limit);
    private int _previous; // values of the sequence before; it always ends where the values end

    /// <summary>The number of values that are stored.</summary>
    public int Count => _values.Count;

    /// <summary>Adds a sequence, [steps, features].</summary>
    /// <param name="sequence">At least one step.</param>
    /// <param name="shared">How many of its first rows were there: those that the sequence before ends with.</param>
    /// <returns>The sequence's rows among those of the lane.</returns>
    public SequenceRange Append(ReadOnlySpan<float> sequence, out int shared)
    {
        shared = shares.Count(_values.Values[^_previous..], sequence);
        var range = new SequenceRange((_values.Count / features) - shared, sequence.Length / features);
        _values.Add(sequence[(shared * features)..]);
        _previous = sequence.Length;
        return range;
    }

    /// <summary>Hands over the stored rows, [rows, features]; the lane is empty afterwards.</summary>
    public FloatList TakeValues()
    {
        var taken = _values;
        (_values, _previous) = (new FloatList(limit), 0);
        return taken;
    }
}
