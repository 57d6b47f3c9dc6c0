namespace MlNetRnn;

/// <summary>The rows of one sequence in the shared values buffer.</summary>
/// <param name="Start">The first row.</param>
/// <param name="Length">The number of rows (steps).</param>
internal readonly record struct SequenceRange(int Start, int Length);
