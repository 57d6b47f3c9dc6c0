using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>
/// Going on with a text as a careful user of TorchSharp would write it: modules, no gradients, the states carried from token to token, on one
/// thread, which is fastest for one token.
/// </summary>
internal sealed class TorchTextLoop : IDisposable
{
    private readonly Embedding _embedding;
    private readonly torch.nn.Module _layer;
    private readonly Linear _head;
    private readonly int _hidden;

    public TorchTextLoop(string cell, int tokens, int embedding, int hidden)
    {
        torch.set_num_threads(1);
        _hidden = hidden;
        _embedding = torch.nn.Embedding(tokens, embedding);
        _layer = cell == "lstm" ? torch.nn.LSTM(embedding, hidden, batchFirst: true) : torch.nn.GRU(embedding, hidden, batchFirst: true);
        _head = torch.nn.Linear(hidden, tokens);
    }

    /// <summary>Draws tokens, each from the probabilities after the one before.</summary>
    public void Generate(int count)
    {
        using var noGradients = torch.no_grad();
        long token = 0;
        torch.Tensor hidden = torch.zeros(1, 1, _hidden), memory = torch.zeros(1, 1, _hidden);
        for (int i = 0; i < count; i++)
        {
            using var scope = torch.NewDisposeScope();
            var x = _embedding.call(torch.tensor(token).reshape(1, 1)); // [1, 1, E]
            torch.Tensor steps, after, memoryAfter = memory;
            if (_layer is LSTM lstm)
                (steps, after, memoryAfter) = lstm.call(x, (hidden, memory));
            else
                (steps, after) = ((GRU)_layer).call(x, hidden);
            token = torch.multinomial(torch.nn.functional.softmax(_head.call(steps).reshape(-1), 0), 1).item<long>();
            Keep(ref hidden, after);
            if (_layer is LSTM)
                Keep(ref memory, memoryAfter);
        }
        hidden.Dispose();
        memory.Dispose();
    }

    public void Dispose()
    {
        _embedding.Dispose();
        _layer.Dispose();
        _head.Dispose();
    }

    private static void Keep(ref torch.Tensor state, torch.Tensor next)
    {
        state.Dispose();
        state = next.MoveToOuterDisposeScope();
    }
}
