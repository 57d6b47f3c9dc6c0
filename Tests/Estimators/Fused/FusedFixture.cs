using MlNetRnn.Fused;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Tests;

/// <summary>One layer, computed by our own kernels and by libtorch from the same weights. Its values come from a seed.</summary>
internal sealed class FusedFixture : IDisposable
{
    private readonly LibTorchThreads _libTorch = new(1); // more would spin between its operations and take the cores from ours
    private readonly int _inputs;
    private readonly int _hidden;

    public FusedFixture(
        string cell, int inputs, int hidden, bool bidirectional = false, int threads = 1, int? bits = null, int seed = 1)
    {
        (_inputs, _hidden, Random) = (inputs, hidden, new Random(seed));
        var pass = VectorWidths.Pass(bits ?? VectorWidths.Widest, cell switch
        {
            "lstm" => FusedCell.Lstm,
            "gru" => FusedCell.Gru,
            "rnn" => FusedCell.RnnTanh,
            _ => FusedCell.RnnRelu,
        });
        LibTorch = Networks.Cell(cell).CreateLayer(inputs, hidden, bidirectional);
        Weights = [.. LibTorch.Module.named_parameters().Select(p => p.parameter)];
        foreach (var weight in Weights)
            TensorData.Write(weight, Values((int)weight.numel(), (float)(1 / Math.Sqrt(hidden))));
        Threads = new TrainingThreads(threads);
        Fused = new FusedLayer(pass, LibTorch.Module, inputs, hidden, LibTorch.Directions, Threads);
    }

    public FusedLayer Fused { get; }

    public RecurrentLayer LibTorch { get; }

    public TrainingThreads Threads { get; }

    public Parameter[] Weights { get; }

    public Random Random { get; }

    /// <summary>A leaf of the graph, <c>[steps, batch, inputs]</c>.</summary>
    public torch.Tensor Input(int steps, int batch, bool requiresGradient = true) =>
        Tensor(steps, batch, _inputs).requires_grad_(requiresGradient);

    /// <summary>As the layer's output, <c>[steps, batch, directions × hidden]</c>.</summary>
    public torch.Tensor OutputLike(int steps, int batch) => Tensor(steps, batch, LibTorch.Directions * _hidden);

    /// <summary>As its final states, <c>[directions, batch, hidden]</c>.</summary>
    public torch.Tensor FinalLike(int batch) => Tensor(LibTorch.Directions, batch, _hidden);

    public torch.Tensor Tensor(params long[] shape) => torch.tensor(Values((int)shape.Aggregate((a, b) => a * b), 1), shape);

    public (torch.Tensor Output, torch.Tensor Final) Forward(bool fused, torch.Tensor input, torch.Tensor? lengths = null)
    {
        if (!fused)
            return LibTorch.Forward(input, lengths);
        var (output, final) = Fused.Forward(input, lengths, LayerResults.Output | LayerResults.Final);
        return (output!, final!);
    }

    /// <summary>Runs forward and backward by one of the two.</summary>
    /// <param name="fused">Whether by our own kernels.</param>
    /// <param name="input">A leaf of the graph.</param>
    /// <param name="lengths">Steps of each sequence, or null.</param>
    /// <param name="outputGradient">Of the output.</param>
    /// <param name="finalGradient">Of the final states.</param>
    public LayerOutcome Run(
        bool fused, torch.Tensor input, torch.Tensor? lengths, torch.Tensor outputGradient, torch.Tensor finalGradient)
    {
        var (output, final) = Forward(fused, input, lengths);
        return Outcome(
            () => torch.autograd.backward([output, final], [outputGradient, finalGradient]), [output, final], [input]);
    }

    /// <summary>The values of results, and the gradients that a backward pass gives.</summary>
    public LayerOutcome Outcome(Action backward, torch.Tensor[] results, torch.Tensor[] inputs)
    {
        torch.Tensor[] leaves = [.. Weights, .. inputs];
        foreach (var leaf in leaves)
            leaf.grad = null;
        backward();
        Fused.ThrowIfFailed();
        return new([.. results.Select(TensorData.Read)], [.. leaves.Select(leaf => leaf.grad is { } gradient ? TensorData.Read(gradient) : [])]);
    }

    public void Dispose()
    {
        Fused.Dispose();
        Threads.Dispose();
        LibTorch.Dispose();
        _libTorch.Dispose();
    }

    private float[] Values(int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => (Random.NextSingle() * 2 - 1) * scale)];
}

/// <summary>What a layer gave.</summary>
/// <param name="Results">The values of its results.</param>
/// <param name="Gradients">Of the weights, then of the inputs; empty where there is none.</param>
internal sealed record LayerOutcome(float[][] Results, float[][] Gradients)
{
    /// <summary>The largest difference, relative to the largest magnitude of its tensor where that is above 1.</summary>
    public double DifferenceFrom(LayerOutcome expected) => Results.Length != expected.Results.Length || Gradients.Length != expected.Gradients.Length
        ? double.PositiveInfinity
        : expected.Results.Concat(expected.Gradients).Zip(Results.Concat(Gradients), Relative).Max();

    /// <summary>Whether all is the same, bit for bit.</summary>
    public bool Equals(LayerOutcome? other) => other is not null && SameBits(Results, other.Results) && SameBits(Gradients, other.Gradients);

    public override int GetHashCode() => Results.Length;

    public static double Relative(float[] expected, float[] actual) =>
        Difference.Max(expected, actual) / expected.Append(1).Max(value => Math.Abs((double)value));

    private static bool SameBits(float[][] left, float[][] right) => left.Length == right.Length
        && left.Zip(right).All(p => p.First.Select(BitConverter.SingleToInt32Bits).SequenceEqual(p.Second.Select(BitConverter.SingleToInt32Bits)));
}
