namespace MlNetRnn;

/// <summary>One pass over a view for the sequences of one role; the view must give what it gave in the first pass.</summary>
internal sealed class StreamedPass(StreamedView view, SequenceRows rows, SequenceRole role) : IDisposable
{
    private readonly SplitPass _roles = view.Rule.Begin();
    private SequenceRole _role = role;
    private bool _hasEnded;

    /// <summary>The row it is on.</summary>
    public SequenceRows Row => rows;

    /// <summary>Moves to the next sequence of the role; false after the last. Stays before sequences that validate and follow.</summary>
    /// <exception cref="InvalidOperationException">The view gives other rows than in the first pass.</exception>
    public bool MoveNext()
    {
        if (IsAfterLast && ValidationFollows)
            return false;
        while (!_hasEnded && rows.MoveNext())
        {
            var found = _roles.Next(view.Part(rows), ValidationSplit.IsLabelled(rows.Label()));
            if (found == _role)
                return Of(_roles.Counts) <= Of(view.Counts) ? true : throw Changed();
        }
        if (_roles.Counts != view.Counts)
            throw Changed();
        _hasEnded = true;
        return false;
    }

    /// <summary>After the last sequence of the role, reads what is left and checks it, unless sequences that validate follow.</summary>
    public void EndAfterLast()
    {
        if (!_hasEnded && IsAfterLast)
            MoveNext();
    }

    /// <summary>Goes on to the sequences that validate, where those that train are behind.</summary>
    /// <returns>Whether it could; else they need a pass of their own.</returns>
    public bool TryGoOnToValidation()
    {
        if (_hasEnded || !IsAfterLast || !ValidationFollows)
            return false;
        _role = SequenceRole.Validation;
        return true;
    }

    public void Dispose() => rows.Dispose();

    private bool IsAfterLast => Of(_roles.Counts) == Of(view.Counts);

    private bool ValidationFollows => _role == SequenceRole.Training && view.Rule.ValidationIsLast && view.Counts.Validation > 0;

    private long Of(SplitCounts counts) => _role == SequenceRole.Training ? counts.Training : counts.Validation;

    private InvalidOperationException Changed() => new(
        $"The data changed from one pass to the next: {Text(view.Counts)} in the first pass, {Text(_roles.Counts)} in this one up to row "
            + $"{_roles.Counts.Rows}. With Training.ShuffleBufferSize the data is read anew for each epoch: give it a source that has the same "
            + "rows each time, such as a file (ml.Data.SaveAsBinary), or leave ShuffleBufferSize out to hold the data in memory.");

    private static string Text(SplitCounts counts) =>
        $"{counts.Rows} rows, {counts.Labelled} with a label, {counts.Training} to train on and {counts.Validation} to validate";
}
