using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Scoring as a user of TorchSharp would write it: a recurrent layer and a linear head, without gradients.</summary>
internal sealed class TorchForward : IDisposable
{
    private readonly TorchLayer _layer;
    private readonly Linear _head;

    public TorchForward(string cell, int hidden)
    {
        _layer = new TorchLayer(cell, 1, hidden);
        _head = torch.nn.Linear(cell == "bilstm" ? 2 * hidden : hidden, 1);
        _layer.eval();
        _head.eval();
    }

    /// <summary>Predicts from <c>[batch, steps, 1]</c> into <c>[batch]</c>.</summary>
    public void Predict(float[] windows, int batch, float[] predictions)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        var input = torch.tensor(windows, [batch, windows.Length / batch, 1]);
        _head.call(_layer.call(input).Last).data<float>().CopyTo(predictions);
    }

    public void Dispose()
    {
        _layer.Dispose();
        _head.Dispose();
    }
}
