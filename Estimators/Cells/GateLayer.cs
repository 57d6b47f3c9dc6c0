using MlNetRnn.Fused;
using TorchSharp;

namespace MlNetRnn;

/// <summary>A layer of a built-in cell: its weights are those of torch's module, its steps are computed by libtorch or by our own kernels.</summary>
internal abstract class GateLayer(torch.nn.Module module, int inputSize, int hiddenSize, bool bidirectional)
    : RecurrentLayer(module, inputSize, hiddenSize, bidirectional)
{
    private FusedLayer? _fused;

    /// <summary>Computes by our own kernels from now on.</summary>
    /// <param name="threads">The threads they share.</param>
    /// <param name="kernels">Makes the cell's kernels, where they are not to be those over the widest vectors.</param>
    public void Fuse(TrainingThreads threads, Func<FusedCell, FusedPass>? kernels = null)
    {
        var pass = (kernels ?? FusedPasses.Widest)(FusedCell);
        _fused = new FusedLayer(pass, Module, InputSize, HiddenSize, Directions, threads);
    }

    /// <summary>Throws what broke off a backward pass, which cannot get through libtorch.</summary>
    public void ThrowIfFailed() => _fused?.ThrowIfFailed();

    public sealed override (torch.Tensor Output, torch.Tensor Final) Forward(torch.Tensor input, torch.Tensor? lengths)
    {
        var (output, final) = Forward(input, lengths, LayerResults.Output | LayerResults.Final);
        return (output!, final!);
    }

    internal sealed override (torch.Tensor? Output, torch.Tensor? Final) Forward(
        torch.Tensor input, torch.Tensor? lengths, LayerResults results) =>
        _fused?.Forward(input, lengths, results) ?? RunLibTorch(input, lengths);

    /// <summary>The layer as libtorch computes it.</summary>
    protected abstract (torch.Tensor Output, torch.Tensor Final) RunLibTorch(torch.Tensor input, torch.Tensor? lengths);

    /// <summary>Which kernels are the cell's.</summary>
    protected abstract FusedCell FusedCell { get; }

    private protected override void DisposeMore() => _fused?.Dispose();
}
