namespace MlNetRnn;

/// <summary>Columns that stand beside sequences.</summary>
/// <param name="ColumnNames">The columns, in their order.</param>
/// <param name="PerStep">For each whether it has values for each step of the horizon.</param>
/// <param name="Size">Values of all.</param>
internal sealed record SequenceContext(string[] ColumnNames, bool[] PerStep, int Size);
