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
    private readonly int[] _sizes; // values of each
    private readonly double? _clipNorm;
    private readonly UpdateRule _rule;
    private readonly float[] _values;    // all weights one after the other, padded to whole vectors
    private readonly float[] _gradients; // likewise
    private readonly torch.Tensor?[] _gradientTensors; // null for a weight that no backward pass has reached

    public CpuOptimizer(TrainingOptions options, Parameter[] parameters)
        : base(parameters)
    {
        _clipNorm = options.GradientClipNorm;
        LearningRate = options.LearningRate;
        _sizes = [.. parameters.Select(p => (int)p.numel())];
        int lanes = Vector<float>.Count;
        int size = (_sizes.Sum() + lanes - 1) / lanes * lanes;
        _values = new float[size];
        _gradients = new float[size];
        _gradientTensors = new torch.Tensor?[parameters.Length];
        _rule = UpdateRule.Create(options, size);
        Gather(parameters, _values);
    }

    public override double LearningRate { get; set; }

    public override void ZeroGradients()
    {
        foreach (var gradient in _gradientTensors)
        {
            if (gradient is not null)
                TensorData.Span(gradient).Clear();
        }
    }

    public override void Step()
    {
        GatherGradients();
        if (_clipNorm is { } norm)
            Clip(norm);
        _rule.Apply(_values, _gradients, LearningRate);
        int at = 0;
        for (int i = 0; i < Parameters.Length; i++)
        {
            var weight = TensorData.Span(Parameters[i]);
            var value = _values.AsSpan(at, weight.Length);
            if (_gradientTensors[i] is null)
                weight.CopyTo(value); // not reached by the loss: left alone, by weight decay too, as in PyTorch
            else
                value.CopyTo(weight);
            at += weight.Length;
        }
    }

    public override void Dispose()
    {
        foreach (var gradient in _gradientTensors)
            gradient?.Dispose();
    }

    protected override void WriteState(BinaryWriter writer) => _rule.Write(writer, _sizes.Sum());

    protected override void ReadState(BinaryReader reader)
    {
        _rule.Read(reader, _sizes.Sum());
        Gather(Parameters, _values);
    }

    // Autograd makes a gradient in the first backward pass that reaches the weight and adds to the same memory from then on.
    private void GatherGradients()
    {
        int at = 0;
        for (int i = 0; i < Parameters.Length; i++)
        {
            var gradient = _gradientTensors[i] ??= Parameters[i].grad?.DetachFromDisposeScope();
            if (gradient is not null)
                TensorData.Span(gradient).CopyTo(_gradients.AsSpan(at));
            at += _sizes[i];
        }
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
