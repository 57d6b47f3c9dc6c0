namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>A cell as it is compared.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Cell">The cell.</param>
/// <param name="LearningRate">Its learning rate.</param>
internal sealed record LabCell(string Name, RecurrentCell Cell, double LearningRate = LabCell.UsualRate)
{
    public const double UsualRate = 5e-3, LowRate = 3e-4;
}

/// <summary>The cells that are compared, and how all of them are trained.</summary>
internal static class Cells
{
    /// <summary>All trained alike.</summary>
    public static readonly LabCell[] All = [new("tanh RNN", RecurrentCell.Rnn), new("LSTM", RecurrentCell.Lstm), new("GRU", RecurrentCell.Gru)];

    /// <summary>And the simplest at a rate that suits it better: without gates, large steps let gradients explode.</summary>
    public static readonly LabCell[] WithSlow = [.. All, new("tanh RNN, low rate", RecurrentCell.Rnn, LabCell.LowRate)];

    /// <summary>Training for all epochs, or until the validation shows that the task is solved.</summary>
    /// <param name="settings">Seed and epochs.</param>
    /// <param name="label">What is trained, before the lines of epochs.</param>
    /// <param name="isLearnt">Whether there is nothing left to learn.</param>
    /// <param name="cancellation">Stops.</param>
    public static TrainingOptions Training(MemoryLabSettings settings, string label, Func<EpochMetrics, bool> isLearnt, CancellationToken cancellation) => new()
    {
        Epochs = settings.Epochs,
        BatchSize = 64,
        LearningRate = LabCell.UsualRate,
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
