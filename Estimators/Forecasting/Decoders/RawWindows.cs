namespace MlNetRnn;

/// <summary>The windows of a batch as the data has them, in the order of the batch; valid as long as it is.</summary>
/// <param name="store">Where they are held.</param>
/// <param name="indices">Their places.</param>
/// <param name="beside">Values that stand beside each.</param>
internal sealed class RawWindows(ISequenceStore store, int[] indices, int beside)
{
    public int Count => indices.Length;

    /// <summary>The real steps, <c>[steps, features]</c>.</summary>
    public ReadOnlySpan<float> this[int sequence] => store[indices[sequence]];

    /// <summary>The values of the columns beside the window.</summary>
    public ReadOnlySpan<float> Beside(int sequence) => store.Label(indices[sequence])[^beside..];
}
