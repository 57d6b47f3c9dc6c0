namespace MlNetRnn;

/// <summary>What training has come to: the history, the best epoch with its weights, and whether the loss has stopped falling.</summary>
internal sealed class TrainingState(RecurrentNetwork network, TrainingOptions options) : IStateful, IDisposable
{
    private readonly Snapshot _best = new(network);
    private readonly Plateau? _stopping = options.EarlyStopping is { } stop ? new Plateau(stop.Patience, stop.MinimumDelta) : null;
    private readonly List<EpochMetrics> _history = [];
    private double _lowest = double.PositiveInfinity;

    public IReadOnlyList<EpochMetrics> History => _history;

    /// <summary>The epoch whose weights are kept; 0 if none ended well.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>Whether early stopping ends training.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>Takes an epoch that ended well, with the network's weights after it.</summary>
    public void Add(EpochMetrics metrics, double monitored)
    {
        _history.Add(metrics);
        bool keepsBest = options.EarlyStopping is not null;
        if (monitored < _lowest || !keepsBest)
        {
            (_lowest, BestEpoch) = (Math.Min(_lowest, monitored), metrics.Epoch);
            _best.Take();
        }
        HasStopped = _stopping?.IsReached(monitored) == true;
    }

    /// <summary>Gives the network the weights of the best epoch.</summary>
    public void RestoreBest() => _best.Restore();

    public void Write(BinaryWriter writer)
    {
        writer.Write(_history.Count);
        foreach (var epoch in _history)
            Write(writer, epoch);
        writer.Write(_lowest);
        writer.Write(BestEpoch);
        writer.Write(HasStopped);
        _stopping?.Write(writer);
        _best.Write(writer);
    }

    public void Read(BinaryReader reader)
    {
        _history.Clear();
        for (int count = reader.ReadInt32(); count > 0; count--)
            _history.Add(ReadEpoch(reader));
        _lowest = reader.ReadDouble();
        BestEpoch = reader.ReadInt32();
        HasStopped = reader.ReadBoolean();
        _stopping?.Read(reader);
        _best.Read(reader);
    }

    public void Dispose() => _best.Dispose();

    private static void Write(BinaryWriter writer, EpochMetrics epoch)
    {
        writer.Write(epoch.Epoch);
        writer.Write(epoch.TrainingLoss);
        writer.WriteOptional(epoch.TrainingMeanAbsoluteError);
        writer.WriteOptional(epoch.ValidationLoss);
        writer.WriteOptional(epoch.ValidationMeanAbsoluteError);
        writer.Write(epoch.LearningRate);
        writer.Write(epoch.Seconds);
        writer.WriteOptional(epoch.TrainingAccuracy);
        writer.WriteOptional(epoch.ValidationAccuracy);
    }

    private static EpochMetrics ReadEpoch(BinaryReader reader) => new(
        reader.ReadInt32(), reader.ReadDouble(), reader.ReadOptional(), reader.ReadOptional(), reader.ReadOptional(), reader.ReadDouble(),
        reader.ReadDouble())
    {
        TrainingAccuracy = reader.ReadOptional(),
        ValidationAccuracy = reader.ReadOptional(),
    };
}
