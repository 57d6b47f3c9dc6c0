namespace MlNetRnn.Tests;

/// <summary>Progress that runs on the reporting thread, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class RecordedProgress(Action<EpochMetrics>? also = null) : IProgress<EpochMetrics>
{
    public List<EpochMetrics> Epochs { get; } = [];

    public void Report(EpochMetrics value)
    {
        Epochs.Add(value);
        also?.Invoke(value);
    }
}
