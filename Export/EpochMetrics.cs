namespace MlNetRnn;

/// <summary>What one epoch of training came to: a row of the training history. Losses and errors are in standardised units.</summary>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="TrainingLoss">Mean loss over the training sequences, measured during the epoch with dropout active.</param>
/// <param name="TrainingMeanAbsoluteError">Mean absolute error over the training sequences, measured likewise; null for classes.</param>
/// <param name="ValidationLoss">Mean loss over the validation sequences after the epoch; null without validation.</param>
/// <param name="ValidationMeanAbsoluteError">Mean absolute error over the validation sequences; null without validation, and for classes.</param>
/// <param name="LearningRate">
/// The learning rate the epoch was trained with; where a schedule changes it within the epoch, that of its last step.
/// </param>
/// <param name="Seconds">Wall-clock seconds the epoch took, validation included.</param>
public sealed record EpochMetrics(
    int Epoch,
    double TrainingLoss,
    double? TrainingMeanAbsoluteError,
    double? ValidationLoss,
    double? ValidationMeanAbsoluteError,
    double LearningRate,
    double Seconds)
{
    /// <summary>
    /// Share of the training sequences whose class was right (weighted as in the loss), measured with dropout active; null where there are no
    /// classes.
    /// </summary>
    public double? TrainingAccuracy { get; init; }

    /// <summary>Share of the validation sequences whose class was right; null without validation or classes.</summary>
    public double? ValidationAccuracy { get; init; }
}
