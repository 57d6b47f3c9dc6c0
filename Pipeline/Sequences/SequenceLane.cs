using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>
/// Sequences that come one after the other, as the windows of a series do: rows that one shares with the one before are stored once.
/// </summary>
/// <param name="features">Values per row.</param>
/// <param name="added">Rows that each sequence adds, which is tried first; 0: not known.</param>
/// <param name="padded">Whether sequences are of different lengths because windows grow at the beginning of their series.</param>
/// <param name="limit">The most values that are stored.</param>
internal sealed class SequenceLane(int features, int added, bool padded, int limit)
{
    private const int MostMisses = 16;

    private FloatList _values = new(limit);
    private int _added = added;
    private int _previous; // rows of the sequence before; it always ends where the values end
    private int _misses;   // searches for shared rows without success in a row; not searched for ever where nothing overlaps

    /// <summary>The number of values that are stored.</summary>
    public int Count => _values.Count;

    /// <summary>Adds a sequence, [steps, features].</summary>
    /// <param name="sequence">At least one step.</param>
    /// <param name="shared">How many of its first rows were there: those that the sequence before ends with.</param>
    /// <returns>The sequence's rows among those of the lane.</returns>
    public SequenceRange Append(ReadOnlySpan<float> sequence, out int shared)
    {
        var steps = sequence.Length / features;
        shared = SharedRows(sequence, steps);
        var range = new SequenceRange((_values.Count / features) - shared, steps);
        _values.Add(sequence[(shared * features)..]);
        _previous = steps;
        return range;
    }

    /// <summary>Hands over the stored rows, [rows, features]; the lane is empty afterwards.</summary>
    public FloatList TakeValues()
    {
        var taken = _values;
        (_values, _previous) = (new FloatList(limit), 0);
        return taken;
    }

    // How many rows at the end of the sequence before are, byte by byte, those at the start of this one. Windows of one length slide;
    // padded windows grow before they slide, so that the one before may be a whole prefix. Other sequences of other lengths do neither.
    private int SharedRows(ReadOnlySpan<float> sequence, int steps)
    {
        if (_previous == 0 || (_previous != steps && !padded))
            return 0;
        var previous = _values.Values[^(_previous * features)..];
        if (_added > 0 && Continues(previous, sequence, _added))
            return steps - _added;
        var found = _misses < MostMisses ? FindAdded(previous, sequence, steps) : steps;
        _misses = found < steps ? 0 : _misses + 1;
        if (_added == 0 && found < steps)
            _added = found;
        return steps - found;
    }

    // The smallest number of added rows that fits, or `steps` when there is none.
    private int FindAdded(ReadOnlySpan<float> previous, ReadOnlySpan<float> sequence, int steps)
    {
        var rows = Math.Max(1, steps - _previous);
        while (rows < steps && !Continues(previous, sequence, rows))
            rows++;
        return rows;
    }

    private bool Continues(ReadOnlySpan<float> previous, ReadOnlySpan<float> sequence, int rows)
    {
        var overlap = sequence.Length - ((long)rows * features);
        return overlap > 0 && overlap <= previous.Length
            && MemoryMarshal.AsBytes(previous[^(int)overlap..]).SequenceEqual(MemoryMarshal.AsBytes(sequence[..(int)overlap]));
    }
}
