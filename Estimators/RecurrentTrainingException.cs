namespace MlNetRnn;

/// <summary>Training ended badly, but what was trained is not lost.</summary>
public sealed class RecurrentTrainingException : InvalidOperationException
{
    internal RecurrentTrainingException(string message, SequenceTransformer? transformer)
        : base(message) => Transformer = transformer;

    /// <summary>The model as trained up to then (the best epoch's weights); null if no epoch ended with a finite loss.</summary>
    public SequenceTransformer? Transformer { get; }
}
