using TorchSharp;

namespace MlNetRnn;

/// <summary>What training data is made from.</summary>
/// <param name="Request">The views.</param>
/// <param name="Task">What is trained for.</param>
/// <param name="Columns">The views' columns.</param>
/// <param name="Options">How to split where no validation data is given, how to scale, what to hold in memory.</param>
/// <param name="Group">The column that tells series apart where they are split, or null.</param>
/// <param name="Device">Where batches are needed.</param>
/// <param name="Warn">Told of what the user should know.</param>
internal sealed record TrainingSource(
    FitRequest Request, SequenceTask Task, TrainingColumns Columns, RecurrentOptions Options, string? Group, torch.Device Device,
    Action<string> Warn);
