namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>The cells that are compared, and how all of them are trained.</summary>
internal static class Cells
{
    public static readonly (string Name, RecurrentCell Cell)[] All = [("tanh RNN", RecurrentCell.Rnn), ("LSTM", RecurrentCell.Lstm), ("GRU", RecurrentCell.Gru)];

    /// <summary>Training for all epochs, or until the validation shows that the task is solved.</summary>
    /// <param name="settings">Seed and epochs.</param>
    /// <param name="label">What is trained, before the lines of epochs.</param>
    /// <param name="isLearnt">Whether there is nothing left to learn.</param>
    /// <param name="cancellation">Stops.</param>
    public static TrainingOptions Training(MemoryLabSettings settings, string label, Func<EpochMetrics, bool> isLearnt, CancellationToken cancellation) => new()
    {
        Epochs = settings.Epochs,
        BatchSize = 64,
        LearningRate = 5e-3,
        GradientClipNorm = 1,
        EarlyStopping = new() { Patience = settings.Epochs }, // the best weights are kept
        ReduceLearningRate = null,
        Seed = settings.Seed,
        CancellationToken = cancellation,
        Callbacks =
        [
            TrainingCallback.EachEpoch(context =>
            {
                bool isLast = isLearnt(context.Metrics) || context.Metrics.Epoch == context.Epochs;
                if (isLast || context.Metrics.Epoch % 10 == 0)
                    Console.WriteLine($"  {label,-26} {EpochProgress.Format(context.Metrics, context.Epochs)}");
                if (isLast)
                    context.Stop();
            }),
        ],
    };
}
