namespace MlNetRnn.Tests;

/// <summary>A callback made of methods.</summary>
internal sealed class ActionCallback(Action<BatchEndContext>? batchEnded = null) : TrainingCallback
{
    public Action<TrainingStartContext>? Started { get; init; }

    public Action<EpochEndContext>? EpochEnded { get; init; }

    public Action<TrainingEndContext>? Ended { get; init; }

    public override void OnTrainingStart(TrainingStartContext context) => Started?.Invoke(context);

    public override void OnBatchEnd(BatchEndContext context) => batchEnded?.Invoke(context);

    public override void OnEpochEnd(EpochEndContext context) => EpochEnded?.Invoke(context);

    public override void OnTrainingEnd(TrainingEndContext context) => Ended?.Invoke(context);
}
