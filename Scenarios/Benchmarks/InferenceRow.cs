namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>A row of the inference benchmark.</summary>
/// <param name="Cell">The cell: rnn, lstm, gru or bilstm.</param>
/// <param name="Hidden">Hidden size of its one layer.</param>
/// <param name="Batch">Sequences (or series) at a time; 20,000 where a whole view is read.</param>
/// <param name="Steps">Steps of a sequence.</param>
/// <param name="What">What is measured.</param>
/// <param name="Microseconds">Time per sequence, or per step where series are stepped: the median of the rounds.</param>
/// <param name="Ratio">
/// How many times as fast as what it stands beside: raw OnnxRuntime on the same batch, the whole window for a step, the first of the
/// precisions.
/// </param>
internal sealed record InferenceRow(string Cell, int Hidden, int Batch, int Steps, string What, double Microseconds, double Ratio);
