using TorchSharp;

namespace MlNetRnn;

/// <summary>A part of texts in a batch.</summary>
/// <param name="Begins">Whether it begins anew; else it goes on where the part before ended.</param>
/// <param name="Predicting">The steps that tokens are predicted from, int64, as <c>step × batch + text</c>; null for all.</param>
internal sealed record TextPart(bool Begins, torch.Tensor? Predicting);
