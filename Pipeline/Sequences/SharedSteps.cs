using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>
/// Tells which steps a sequence shares with the one before it, as the windows of a series do: those that the one before ends with.
/// </summary>
/// <param name="features">Values per step.</param>
/// <param name="added">Steps that each sequence adds, which is tried first; 0: not known.</param>
/// <param name="padded">Whether sequences are of different lengths because windows grow at the beginning of their series.</param>
internal sealed class SharedSteps(int features, int added, bool padded)
{
    private const int MostMisses = 16;

    /// <summary>For sequences that have nothing to do with each other, such as texts: none is shared.</summary>
    public static SharedSteps None { get; } = new(features: 1, added: 0, padded: false) { SharesNone = true };

    private int _added = added;
    private int _misses; // searches for shared steps without success in a row; not searched for ever where nothing overlaps

    private bool SharesNone { get; init; }

    /// <summary>
    /// How many steps at the end of the sequence before are, byte by byte, those at the start of this one. Windows of one length slide;
    /// padded windows grow before they slide, so that the one before may be a whole prefix. Other sequences of other lengths do neither.
    /// </summary>
    /// <param name="previous">The sequence before, [steps, features]; empty where there is none.</param>
    /// <param name="sequence">This one.</param>
    public int Count(ReadOnlySpan<float> previous, ReadOnlySpan<float> sequence)
    {
        var steps = sequence.Length / features;
        if (SharesNone || previous.IsEmpty || (previous.Length != sequence.Length && !padded))
            return 0;
        if (_added > 0 && Continues(previous, sequence, _added))
            return steps - _added;
        var found = _misses < MostMisses ? FindAdded(previous, sequence, steps) : steps;
        _misses = found < steps ? 0 : _misses + 1;
        if (_added == 0 && found < steps)
            _added = found;
        return steps - found;
    }

    // The smallest number of added steps that fits, or `steps` when there is none.
    private int FindAdded(ReadOnlySpan<float> previous, ReadOnlySpan<float> sequence, int steps)
    {
        var rows = Math.Max(1, steps - (previous.Length / features));
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
