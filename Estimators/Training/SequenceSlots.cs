namespace MlNetRnn;

/// <summary>Slots that hold a sequence and its label each; memory is allocated when a slot is first filled, and for longer sequences.</summary>
internal sealed class SequenceSlots(int features, int labelSize) : ISequenceStore
{
    private readonly List<float[]> _slots = []; // each: the label, then the sequence
    private readonly List<int> _lengths = [];   // of the sequences, in values

    public int Features => features;

    public int LabelSize => labelSize;

    public int MostSteps { get; private set; }

    public ReadOnlySpan<float> this[int slot] => _slots[slot].AsSpan(labelSize, _lengths[slot]);

    public ReadOnlySpan<float> Label(int slot) => _slots[slot].AsSpan(0, labelSize);

    /// <summary>Fills a slot: one of those there are, or the next one.</summary>
    public void Fill(int slot, ReadOnlySpan<float> sequence, ReadOnlySpan<float> label)
    {
        if (slot == _slots.Count)
        {
            _slots.Add([]);
            _lengths.Add(0);
        }
        int size = labelSize + sequence.Length;
        if (_slots[slot].Length < size)
            _slots[slot] = new float[size];
        label.CopyTo(_slots[slot]);
        sequence.CopyTo(_slots[slot].AsSpan(labelSize));
        _lengths[slot] = sequence.Length;
        MostSteps = Math.Max(MostSteps, sequence.Length / features);
    }
}
