namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>The norm of the loss's gradient by distance from the last step.</summary>
/// <param name="Cell">Of which cell.</param>
/// <param name="Initial">Before training.</param>
/// <param name="Trained">After it.</param>
internal sealed record GradientCurve(string Cell, double[] Initial, double[] Trained);
