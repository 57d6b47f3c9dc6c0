using Microsoft.ML;

namespace MlNetRnn;

/// <summary>What one call of <c>Fit</c> is given.</summary>
/// <param name="Training">Sequences to train on, in order of time.</param>
/// <param name="Validation">Sequences that validate; null holds out a fraction of those above.</param>
/// <param name="InitialModel">The model to go on from; null starts anew.</param>
internal sealed record FitRequest(IDataView Training, IDataView? Validation, SequenceModel? InitialModel);
