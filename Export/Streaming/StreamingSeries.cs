namespace MlNetRnn;

/// <summary>
/// One series of observations: what a <see cref="StreamingPredictor"/> remembers of it, a few numbers whatever its length. For one caller at
/// a time; series are independent of each other.
/// </summary>
public sealed class StreamingSeries
{
    private int _inUse;

    internal StreamingSeries(StreamingPredictor predictor, int stateSize) => (Predictor, State) = (predictor, new float[stateSize]);

    /// <summary>Observations so far.</summary>
    public long Steps { get; internal set; }

    internal StreamingPredictor Predictor { get; }

    internal float[] State { get; }

    /// <summary>Takes an observation and predicts from all of the series so far.</summary>
    /// <param name="observation">One step's values, <c>[features]</c>.</param>
    /// <returns>The prediction, <see cref="StreamingPredictor.OutputSize"/> values.</returns>
    /// <inheritdoc cref="StreamingPredictor.Step(StreamingSeries, ReadOnlySpan{float}, Span{float})" path="/exception"/>
    public float[] Step(ReadOnlySpan<float> observation)
    {
        var prediction = new float[Predictor.OutputSize];
        Predictor.Step(this, observation, prediction);
        return prediction;
    }

    /// <summary>Takes an observation and predicts into memory of the caller's. Allocates nothing.</summary>
    /// <param name="observation">One step's values, <c>[features]</c>.</param>
    /// <param name="prediction">Takes <see cref="StreamingPredictor.OutputSize"/> values.</param>
    /// <inheritdoc cref="StreamingPredictor.Step(StreamingSeries, ReadOnlySpan{float}, Span{float})" path="/exception"/>
    public void Step(ReadOnlySpan<float> observation, Span<float> prediction) => Predictor.Step(this, observation, prediction);

    /// <summary>Forgets all observations.</summary>
    /// <exception cref="InvalidOperationException">Another call on the series is under way.</exception>
    public void Reset()
    {
        Enter();
        try
        {
            Array.Clear(State);
            Steps = 0;
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Saves the state to a file; one already there stays whole until the new one is complete.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="InvalidOperationException">Another call on the series is under way.</exception>
    public void Save(string path) => AtomicFile.Write(path, Save);

    /// <summary>Saves the state, for <see cref="StreamingPredictor.RestoreSeries(Stream)"/> in any process that has the model.</summary>
    /// <param name="destination">Takes the bytes.</param>
    /// <exception cref="InvalidOperationException">Another call on the series is under way.</exception>
    public void Save(Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Enter();
        try
        {
            Predictor.Save(this, destination);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Begins a call, which <see cref="Exit"/> ends.</summary>
    internal void Enter()
    {
        if (Interlocked.Exchange(ref _inUse, 1) != 0)
            throw new InvalidOperationException("The series is in use: another call on it is under way, or it stands twice in one batch. Each "
                + "observation needs the state that the one before it left; step a series from one place at a time.");
    }

    internal void Exit() => Volatile.Write(ref _inUse, 0);
}
