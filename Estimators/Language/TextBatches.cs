namespace MlNetRnn;

/// <summary>
/// Puts pieces of texts into batches that are run part by part. Pieces of as many parts share batches, so that the number of parts does not
/// depend on how they were shuffled.
/// </summary>
/// <param name="pieces">The pieces.</param>
/// <param name="partLength">Steps of a part.</param>
internal sealed class TextBatches(TextPiece[] pieces, int partLength)
{
    private readonly int[] _order = [.. Enumerable.Range(0, pieces.Length).OrderByDescending(i => Parts(pieces[i], partLength))];
    private int[] _batches = []; // the first piece of each, in _order
    private int _batchSize, _batch, _part;

    /// <summary>Parts of all batches of so many pieces.</summary>
    public int CountParts(int batchSize)
    {
        int parts = 0;
        for (int first = 0; first < _order.Length; first += batchSize)
            parts += Parts(pieces[_order[first]], partLength); // the first has the most
        return parts;
    }

    /// <summary>Begins a pass.</summary>
    /// <param name="batchSize">Pieces of a batch.</param>
    /// <param name="random">What decides which pieces meet, and the order of batches; null for the order of the data.</param>
    public void Begin(int batchSize, Random? random)
    {
        (_batchSize, _batch, _part) = (batchSize, 0, 0);
        _batches = [.. Enumerable.Range(0, (_order.Length + batchSize - 1) / batchSize).Select(b => b * batchSize)];
        if (random is null)
            return;
        for (int first = 0, end; first < _order.Length; first = end)
        {
            end = first + 1;
            while (end < _order.Length && Parts(pieces[_order[end]], partLength) == Parts(pieces[_order[first]], partLength))
                end++;
            random.Shuffle(_order.AsSpan(first, end - first));
        }
        random.Shuffle(_batches);
    }

    /// <summary>The next part: the pieces that have it, those with most steps in it first, and where in them it begins.</summary>
    public (TextPiece[] Pieces, int From) Next()
    {
        int first = _batches[_batch];
        int from = _part * partLength;
        TextPiece[] batch = [.. _order.AsSpan(first, Math.Min(_batchSize, _order.Length - first)).ToArray()
            .Select(i => pieces[i]).OrderByDescending(p => p.Steps).Where(p => p.Steps > from)];
        bool isLast = batch[0].Steps <= from + partLength;
        (_batch, _part) = isLast ? (_batch + 1, 0) : (_batch, _part + 1);
        return (batch, from);
    }

    private static int Parts(TextPiece piece, int partLength) => (piece.Steps + partLength - 1) / partLength;
}
