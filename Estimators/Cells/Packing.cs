using TorchSharp;
using static TorchSharp.torch.nn.utils.rnn;

namespace MlNetRnn;

/// <summary>Sequences of their own lengths in the form that libtorch's layers compute without touching the padding.</summary>
internal static class Packing
{
    /// <summary>Runs a layer over sequences of their own lengths, or over whole ones where <paramref name="lengths"/> is null.</summary>
    /// <param name="input"><c>[steps, batch, features]</c>.</param>
    /// <param name="lengths">Steps of each sequence, int64 <c>[batch]</c>; null where each has all.</param>
    /// <param name="whole">The layer over whole sequences.</param>
    /// <param name="packed">The layer over packed ones.</param>
    /// <returns>The output <c>[steps, batch, size]</c>, zero past each length, and the final states, in the order of the batch.</returns>
    public static (torch.Tensor Output, torch.Tensor Final) Run(
        torch.Tensor input, torch.Tensor? lengths, Func<torch.Tensor, (torch.Tensor, torch.Tensor)> whole,
        Func<PackedSequence, (PackedSequence, torch.Tensor)> packed)
    {
        if (lengths is null)
            return whole(input);
        var (output, final) = packed(pack_padded_sequence(input, lengths, batch_first: false, enforce_sorted: false));
        return (pad_packed_sequence(output, batch_first: false, padding_value: 0, total_length: input.shape[0]).Item1, final);
    }
}
