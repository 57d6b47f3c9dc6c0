namespace MlNetRnn;

/// <summary>
/// What of a text is trained on in a row of batches: its symbols are what begins it (0), its tokens (1 to n), and what ends it (n + 1), where
/// it has an end.
/// </summary>
/// <param name="Start">The text's first token among all.</param>
/// <param name="Length">The text's tokens.</param>
/// <param name="First">The first symbol that is read.</param>
/// <param name="Steps">Symbols that are read, each of which predicts the next.</param>
internal readonly record struct TextPiece(int Start, int Length, int First, int Steps);
