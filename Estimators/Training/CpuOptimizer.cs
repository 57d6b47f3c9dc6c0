using System.Numerics;
using System.Numerics.Tensors;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>
/// The same optimizers for the CPU, over all weights as one vector: two calls into libtorch per weight and step. Equal to
/// <see cref="TorchOptimizer"/> but for rounding.
/// </summary>
internal sealed class CpuOptimizer : WeightOptimizer
{
    private readonly Parameter[] _parameters;
    private readonly double? _clipNorm;
    private readonly UpdateRule _rule;
    private readonly float[] _values;    // all weights one after the other, padded to whole vectors
    private readonly float[] _gradients; // likewise
    private torch.Tensor[]? _gradientTensors;

    public CpuOptimizer(TrainingOptions options, Parameter[] parameters)
    {
        _parameters = parameters;
        _clipNorm = options.GradientClipNorm;
        LearningRate = options.LearningRate;
        int lanes = Vector<float>.Count;
        int size = ((int)parameters.Sum(p => p.numel()) + lanes - 1) / lanes * lanes;
        _values = new float[size];
        _gradients = new float[size];
        _rule = UpdateRule.Create(options.Optimizer, size);
        Gather(parameters, _values);
    }

    public override double LearningRate { get; set; }

    public override void ZeroGradients()
    {
        foreach (var gradient in _gradientTensors ?? [])
            TensorData.Span(gradient).Clear();
    }

    public override void Step()
    {
        // Autograd makes the gradients in the first backward pass and adds to the same memory from then on.
        _gradientTensors ??= [.. _parameters.Select(p => p.grad!.DetachFromDisposeScope())];
        Gather(_gradientTensors, _gradients);
        if (_clipNorm is { } norm)
            Clip(norm);
        _rule.Apply(_values, _gradients, LearningRate);
        int at = 0;
        foreach (var parameter in _parameters)
        {
            var destination = TensorData.Span(parameter);
            _values.AsSpan(at, destination.Length).CopyTo(destination);
            at += destination.Length;
        }
    }

    public override void Dispose()
    {
        foreach (var gradient in _gradientTensors ?? [])
            gradient.Dispose();
    }

    private void Clip(double norm)
    {
        double length = Math.Sqrt(TensorPrimitives.SumOfSquares<float>(_gradients));
        double factor = norm / (length + 1e-6); // as in PyTorch
        if (factor < 1)
            TensorPrimitives.Multiply(_gradients, (float)factor, _gradients);
    }

    private static void Gather(IEnumerable<torch.Tensor> tensors, Span<float> flat)
    {
        foreach (var tensor in tensors)
        {
            var source = TensorData.Span(tensor);
            source.CopyTo(flat);
            flat = flat[source.Length..];
        }
    }
}
