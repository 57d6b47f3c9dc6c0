namespace MlNetRnn;

/// <summary>Keeps some of the sequences that it is offered, spread evenly through them however many they are.</summary>
/// <param name="most">The most that are kept, at least 1.</param>
/// <param name="features">Values per step.</param>
/// <param name="labelSize">Values per label.</param>
internal sealed class SequenceSample(int most, int features, int labelSize)
{
    private readonly List<float[]> _sequences = [];
    private long _offered;
    private long _every = 1;

    public void Offer(ReadOnlySpan<float> sequence, ReadOnlySpan<float> label)
    {
        if (_offered++ % _every != 0)
            return;
        if (_sequences.Count == most)
            Thin();
        if ((_offered - 1) % _every == 0)
            _sequences.Add([.. label, .. sequence]);
    }

    public Sequences ToSequences()
    {
        var (values, labels, ranges) = (new FloatList(int.MaxValue), new FloatList(int.MaxValue), new List<SequenceRange>());
        foreach (float[] kept in _sequences)
        {
            int length = kept.Length - labelSize;
            ranges.Add(new SequenceRange(values.Count / features, length / features));
            labels.Add(kept.AsSpan(0, labelSize));
            values.Add(kept.AsSpan(labelSize));
        }
        return new(features, values, ranges, labelSize, labels, []);
    }

    // Every second one goes, and half as many are taken from here on.
    private void Thin()
    {
        _every *= 2;
        int kept = 0;
        for (int i = 0; i < _sequences.Count; i += 2)
            _sequences[kept++] = _sequences[i];
        _sequences.RemoveRange(kept, _sequences.Count - kept);
    }
}
