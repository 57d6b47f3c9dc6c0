using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>
/// The sequences of a column as trainers read them: one buffer of rows [rows, features] and a range of rows per sequence. Rows that
/// overlapping windows share are stored once, so that memory grows with the series and not with series × window.
/// </summary>
internal sealed partial class Sequences
{
    private const int MostMisses = 16;

    private readonly FloatList _values;
    private readonly FloatList _labels;
    private readonly List<SequenceRange> _ranges = [];
    private readonly List<int> _groups = [];
    private int _shift;  // rows from one window to the next; tried first, 0: not known yet
    private int _misses; // searches for a shift without success in a row; not searched for ever where nothing overlaps

    private Sequences(int features, int labelSize, int stride, int limit)
    {
        (Features, LabelSize, _shift) = (features, labelSize, stride);
        (_values, _labels) = (new FloatList(limit), new FloatList(limit));
    }

    /// <summary>The number of values per row.</summary>
    public int Features { get; }

    /// <summary>The number of sequences.</summary>
    public int Count => _ranges.Count;

    /// <summary>The number of stored rows.</summary>
    public int Rows => _values.Count / Features;

    /// <summary>All rows, [<see cref="Rows"/>, <see cref="Features"/>].</summary>
    public ReadOnlySpan<float> Values => _values.Values;

    /// <summary>Per sequence, in the order of the data: its rows in <see cref="Values"/>.</summary>
    public ReadOnlySpan<SequenceRange> Ranges => CollectionsMarshal.AsSpan(_ranges);

    /// <summary>The number of values per label; 0 when no label was read.</summary>
    public int LabelSize { get; }

    /// <summary>All labels, [<see cref="Count"/>, <see cref="LabelSize"/>]; NaN where unknown.</summary>
    public ReadOnlySpan<float> Labels => _labels.Values;

    /// <summary>Per sequence, the number of its group, in the order they are first seen; empty when no group column was read.</summary>
    public ReadOnlySpan<int> Groups => CollectionsMarshal.AsSpan(_groups);

    /// <summary>The values of one sequence, [steps, <see cref="Features"/>].</summary>
    public ReadOnlySpan<float> this[int sequence]
        => Values.Slice(_ranges[sequence].Start * Features, _ranges[sequence].Length * Features);

    // Appends a sequence [steps, features] and returns how many of its first rows were there: those that the sequence before ends with.
    private int Append(ReadOnlySpan<float> sequence)
    {
        var steps = sequence.Length / Features;
        var shared = SharedRows(sequence, steps);
        _ranges.Add(new SequenceRange(Rows - shared, steps));
        _values.Add(sequence[(shared * Features)..]);
        return shared;
    }

    // How many rows at the end of the sequence before are, byte by byte, those at the start of this one. Windows of one length only:
    // others do not slide. The previous sequence always ends where the buffer ends.
    private int SharedRows(ReadOnlySpan<float> sequence, int steps)
    {
        if (_ranges.Count == 0 || _ranges[^1].Length != steps)
            return 0;
        var previous = this[_ranges.Count - 1];
        if (_shift > 0 && Continues(previous, sequence, _shift))
            return steps - _shift;
        var found = _misses < MostMisses ? FindShift(previous, sequence, steps) : steps;
        _misses = found < steps ? 0 : _misses + 1;
        if (_shift == 0 && found < steps)
            _shift = found;
        return steps - found;
    }

    // The smallest shift that fits, or `steps` when there is none.
    private int FindShift(ReadOnlySpan<float> previous, ReadOnlySpan<float> sequence, int steps)
    {
        var shift = 1;
        while (shift < steps && !Continues(previous, sequence, shift))
            shift++;
        return shift;
    }

    private bool Continues(ReadOnlySpan<float> previous, ReadOnlySpan<float> sequence, int shift)
    {
        var offset = (long)shift * Features;
        return offset < sequence.Length
            && MemoryMarshal.AsBytes(previous[(int)offset..]).SequenceEqual(MemoryMarshal.AsBytes(sequence[..^(int)offset]));
    }
}
