using TorchSharp;

namespace MlNetRnn;

/// <summary>Sums losses over an epoch on the device: the numbers are fetched once, at its end.</summary>
internal sealed class LossSums(SequenceTask task, torch.Device device) : IDisposable
{
    // Held: one that TorchSharp makes for a call may be freed by the finalizer while libtorch reads it.
    private static readonly Scalar One = 1.ToScalar();

    private readonly torch.Tensor _loss = Zero(device);
    private readonly torch.Tensor _error = Zero(device);
    private double _weights;

    public void Add(torch.Tensor lossSum, torch.Tensor prediction, in Batch batch, double weightSum)
    {
        using var guard = torch.no_grad();
        _loss.add_(lossSum, One);
        _error.add_(task.ErrorSum(prediction, batch.Target, batch.Weights), One);
        _weights += weightSum;
    }

    public (double Loss, double Error) Mean() => (_loss.item<double>() / _weights, _error.item<double>() / _weights);

    public void Dispose()
    {
        _loss.Dispose();
        _error.Dispose();
    }

    private static torch.Tensor Zero(torch.Device device) => torch.zeros(1, dtype: torch.float64, device: device).DetachFromDisposeScope();
}
