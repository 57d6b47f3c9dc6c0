namespace MlNetRnn;

/// <summary>Gives the model's result for the current row.</summary>
internal delegate ReadOnlySpan<float> ScoreSource();
