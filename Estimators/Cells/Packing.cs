using TorchSharp;
using static TorchSharp.torch.nn.utils.rnn;

namespace MlNetRnn;

/// <summary>Sequences of their own lengths in the form that libtorch's layers compute without touching the padding.</summary>
internal static class Packing
{
    /// <summary>Packs <paramref name="input"/> <c>[steps, batch, features]</c>; sequences keep their order in results.</summary>
    public static PackedSequence Pack(torch.Tensor input, torch.Tensor lengths) =>
        pack_padded_sequence(input, lengths, batch_first: false, enforce_sorted: false);

    /// <summary>The output <c>[steps, batch, size]</c>, zero past each length, with as many steps as <paramref name="input"/> has.</summary>
    public static torch.Tensor Unpack(PackedSequence output, torch.Tensor input) =>
        pad_packed_sequence(output, batch_first: false, padding_value: 0, total_length: input.shape[0]).Item1;
}
