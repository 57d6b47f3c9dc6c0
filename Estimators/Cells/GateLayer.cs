using MlNetRnn.Fused;
using TorchSharp;

namespace MlNetRnn;

/// <summary>A layer of a built-in cell: its weights are those of torch's module, its steps are computed by libtorch or by our own kernels.</summary>
internal abstract class GateLayer(torch.nn.Module module, int inputSize, int hiddenSize, bool bidirectional)
    : RecurrentLayer(module, inputSize, hiddenSize, bidirectional)
{
    private FusedLayer? _fused;

    /// <summary>States that go from one run to the next, of a layer in one direction; null where each begins with zeros.</summary>
    public CarriedStates? Carried
    {
        get;
        set
        {
            field = value;
            _fused?.Carried = value;
        }
    }

    /// <summary>Computes by our own kernels from now on.</summary>
    /// <param name="threads">The threads they share.</param>
    /// <param name="kernels">Makes the cell's kernels, where they are not to be those over the widest vectors.</param>
    public void Fuse(TrainingThreads threads, Func<FusedCell, FusedPass>? kernels = null)
    {
        var pass = (kernels ?? FusedPasses.Widest)(FusedCell);
        _fused = new FusedLayer(pass, Module, InputSize, HiddenSize, Directions, threads) { Carried = Carried };
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
        _fused?.Forward(input, lengths, results) ?? (Carried is null ? RunLibTorch(input, lengths) : RunCarried(input, Carried));

    // Padding follows the steps, so that it changes nothing before it; the states of sequences that have ended are not read again.
    private (torch.Tensor Output, torch.Tensor Final) RunCarried(torch.Tensor input, CarriedStates carried)
    {
        int batch = (int)input.shape[1];
        var (output, hidden, cell) = RunLibTorch(input, Given(carried.Hidden(batch), input), Given(carried.Cell(batch), input)); // [T, B, H], [1, B, H]
        Keep(hidden, carried.Hidden(batch));
        if (cell is not null)
            Keep(cell, carried.Cell(batch));
        return (output, hidden);
    }

    private torch.Tensor Given(ReadOnlySpan<float> values, torch.Tensor input) =>
        torch.tensor(values.ToArray(), [1, input.shape[1], HiddenSize], device: input.device);

    private static void Keep(torch.Tensor state, Span<float> values)
    {
        using var guard = torch.no_grad();
        using var host = state.detach().cpu().contiguous();
        TensorData.Span(host).CopyTo(values);
    }

    /// <summary>The layer as libtorch computes it.</summary>
    protected abstract (torch.Tensor Output, torch.Tensor Final) RunLibTorch(torch.Tensor input, torch.Tensor? lengths);

    /// <summary>The layer as libtorch computes it from given states on, <c>[1, batch, hidden]</c>, to those after the last step.</summary>
    protected abstract (torch.Tensor Output, torch.Tensor Hidden, torch.Tensor? Cell) RunLibTorch(torch.Tensor input, torch.Tensor hidden, torch.Tensor cell);

    /// <summary>Which kernels are the cell's.</summary>
    protected abstract FusedCell FusedCell { get; }

    private protected override void DisposeMore() => _fused?.Dispose();
}
