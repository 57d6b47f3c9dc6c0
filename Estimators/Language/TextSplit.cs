namespace MlNetRnn;

/// <summary>Which texts train and which validate, as ranges of tokens.</summary>
internal sealed record TextSplit(SequenceRange[] Training, SequenceRange[] Validation)
{
    /// <param name="texts">The texts, those that train first.</param>
    /// <param name="training">How many of them are training data; the others were given to validate.</param>
    /// <param name="rows">What they are.</param>
    /// <param name="fraction">The share of the training data that validates.</param>
    /// <exception cref="InvalidOperationException">Nothing is left to train on.</exception>
    public static TextSplit Of(Sequences texts, int training, LanguageRows rows, double fraction)
    {
        var split = rows == LanguageRows.Stream ? OfStream(texts.Ranges, training, fraction) : OfDocuments(texts.Ranges, training, fraction);
        return split.Training.Length > 0
            ? split
            : throw new InvalidOperationException($"There is nothing to train on: a share of {fraction} of {training} texts leaves none. Give more rows.");
    }

    // Evenly over the rows.
    private static TextSplit OfDocuments(ReadOnlySpan<SequenceRange> texts, int training, double fraction)
    {
        var (train, validate) = (new List<SequenceRange>(), new List<SequenceRange>());
        for (int i = 0; i < training; i++)
            (Math.Floor((i + 1) * fraction) > Math.Floor(i * fraction) ? validate : train).Add(texts[i]);
        validate.AddRange(texts[training..]);
        return new([.. train], [.. validate]);
    }

    // The rows stand one behind the other: the last tokens of those that train.
    private static TextSplit OfStream(ReadOnlySpan<SequenceRange> rows, int training, double fraction)
    {
        var all = Joined(rows[..training]);
        int held = (int)Math.Round(all.Length * fraction, MidpointRounding.AwayFromZero);
        SequenceRange[] train = held < all.Length ? [all with { Length = all.Length - held }] : [];
        SequenceRange[] validate = held > 0 ? [new(all.Start + all.Length - held, held)] : [];
        return new(train, training < rows.Length ? [Joined(rows[training..])] : validate);
    }

    private static SequenceRange Joined(ReadOnlySpan<SequenceRange> rows) => new(rows[0].Start, rows[^1].Start + rows[^1].Length - rows[0].Start);
}
