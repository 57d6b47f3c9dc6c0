namespace MlNetRnn;

/// <summary>
/// Notices calls that overlap, without a lock: the second one is refused before it touches anything. What a call wrote is seen by the next
/// one, on whatever thread, so that an object may wander from thread to thread.
/// </summary>
internal sealed class SingleCaller(string refusal)
{
    private int _inside;

    /// <summary>Begins a call; disposing the result ends it.</summary>
    /// <exception cref="InvalidOperationException">Another call is under way.</exception>
    public Call Enter()
    {
        if (Interlocked.Exchange(ref _inside, 1) != 0)
            throw new InvalidOperationException(refusal);
        return new Call(this);
    }

    /// <summary>A call under way.</summary>
    public readonly ref struct Call(SingleCaller owner)
    {
        /// <summary>Ends the call.</summary>
        public void Dispose() => Volatile.Write(ref owner._inside, 0);
    }
}
