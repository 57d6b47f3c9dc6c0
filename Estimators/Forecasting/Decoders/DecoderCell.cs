using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>A layer of a built-in cell that begins from states that are given, as libtorch computes it.</summary>
internal static class DecoderCell
{
    /// <param name="layer">The layer, of one direction.</param>
    /// <param name="input"><c>[steps, batch, inputs]</c>.</param>
    /// <param name="states">The states before the first step, as many as the cell hands on, each <c>[1, batch, hiddenSize]</c>.</param>
    /// <returns>The output of every step, <c>[steps, batch, hiddenSize]</c>, and the states after the last one.</returns>
    public static (torch.Tensor Output, torch.Tensor[] States) Run(RecurrentLayer layer, torch.Tensor input, torch.Tensor[] states)
    {
        switch (layer.Module)
        {
            case LSTM lstm:
                var (ofLstm, hidden, cell) = lstm.call(input, (states[0], states[1]));
                return (ofLstm, [hidden, cell]);
            case GRU gru:
                var (ofGru, state) = gru.call(input, states[0]);
                return (ofGru, [state]);
            case RNN rnn:
                var (ofRnn, last) = rnn.call(input, states[0]);
                return (ofRnn, [last]);
            default:
                throw new InvalidOperationException($"A layer of {layer.Module.GetType().Name} cannot begin from given states."); // options refuse such cells
        }
    }
}
