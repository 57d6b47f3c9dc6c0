namespace MlNetRnn;

/// <summary>
/// Training ended badly, but what was trained is not lost. Where a callback, a progress handler, a schedule, a cell or libtorch threw,
/// that is the <see cref="Exception.InnerException"/>.
/// </summary>
public sealed class RecurrentTrainingException : InvalidOperationException
{
    internal RecurrentTrainingException(string message, SequenceTransformer? transformer, Exception? inner = null)
        : base(message, inner) => Transformer = transformer;

    /// <summary>The model as trained up to then (the best epoch's weights); null if no epoch ended with a finite loss.</summary>
    public SequenceTransformer? Transformer { get; }
}
