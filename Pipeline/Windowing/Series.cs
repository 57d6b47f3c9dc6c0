namespace MlNetRnn;

/// <summary>
/// One series while a cursor reads it: what its windows, labels and future-known values are made of (null where nobody asked for it),
/// and which of its anchors were handed out. Positions count the rows of the series from 0.
/// </summary>
internal sealed class Series(WindowShape shape)
{
    private readonly int _stride = shape.Stride;
    private long _newest = -1;             // the last row taken in
    private long _next = shape.FirstAnchor; // the oldest anchor that was not handed out
    private long _ahead = shape.FirstAnchor; // the first anchor that was not taken in

    /// <summary>The last row taken in; -1 before the first.</summary>
    public long Newest => _newest;

    public SeriesWindow? Window { get; init; }

    public AheadValues? Targets { get; init; }

    public AheadValues? Futures { get; init; }

    public StaticValues? Statics { get; init; }

    public SeriesClock? Clock { get; init; }

    /// <summary>Where the rows of the anchors that were not handed out are kept, oldest first.</summary>
    public Queue<int> Waiting { get; } = [];

    /// <summary>Whether no row will follow in this series, so that labels that are not complete never will be.</summary>
    public bool IsOver { get; set; }

    /// <summary>Begins anew, as after a gap; the clock goes on.</summary>
    public void Restart()
    {
        (_newest, _next, _ahead, IsOver) = (-1, shape.FirstAnchor, shape.FirstAnchor, false);
        Window?.Clear();
        Targets?.Clear();
        Futures?.Clear();
        Statics?.Clear();
    }

    /// <summary>Counts a row that was taken in; true when it is an anchor.</summary>
    public bool CountRow()
    {
        if (++_newest < _ahead)
            return false;
        _ahead += _stride;
        return true;
    }

    /// <summary>The oldest anchor that was not handed out, once <paramref name="lookAhead"/> rows follow it or none will.</summary>
    public bool TryNext(int lookAhead, out long anchor)
    {
        anchor = _next;
        if (_next > _newest || (!IsOver && _newest - _next < lookAhead))
            return false;
        _next += _stride;
        return true;
    }
}
