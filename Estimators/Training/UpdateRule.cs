using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>How an optimizer moves weights, with PyTorch's defaults and order of operations. Spans are whole vectors long.</summary>
internal abstract class UpdateRule
{
    /// <summary>AdamW's weight decay unless another is given: PyTorch's default.</summary>
    public const double AdamWDecay = 0.01;

    /// <param name="options">The optimizer and its weight decay.</param>
    /// <param name="size">Number of weights, whole vectors.</param>
    public static UpdateRule Create(TrainingOptions options, int size)
    {
        double decay = options.WeightDecay ?? 0;
        return options.Optimizer switch
        {
            Optimizer.Adam => new Adam(size, decay, decoupledDecay: 0),
            Optimizer.AdamW => new Adam(size, penalty: 0, options.WeightDecay ?? AdamWDecay),
            Optimizer.RmsProp => new RmsProp(size, decay),
            Optimizer.Sgd => new Sgd(decay),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Optimizer, "Unknown optimizer."),
        };
    }

    /// <summary>Moves <paramref name="weights"/> against <paramref name="gradients"/>.</summary>
    public void Apply(Span<float> weights, ReadOnlySpan<float> gradients, double learningRate) =>
        Apply(MemoryMarshal.Cast<float, Vector<float>>(weights), MemoryMarshal.Cast<float, Vector<float>>(gradients), learningRate);

    /// <summary>Writes what it carries from step to step.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="count">Weights, without what pads them to whole vectors: that differs between processors.</param>
    public void Write(BinaryWriter writer, int count)
    {
        writer.Write(Step);
        foreach (var values in States)
            writer.WriteValues<float>(MemoryMarshal.Cast<Vector<float>, float>(values)[..count]);
    }

    /// <summary>Takes what <see cref="Write"/> wrote.</summary>
    public void Read(BinaryReader reader, int count)
    {
        Step = reader.ReadInt32();
        foreach (var values in States)
            reader.ReadValues(MemoryMarshal.Cast<Vector<float>, float>(values.AsSpan())[..count]);
    }

    /// <summary>Steps done, where they count.</summary>
    protected int Step { get; set; }

    /// <summary>What there is per weight.</summary>
    protected virtual Vector<float>[][] States => [];

    protected abstract void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, double learningRate);

    private static Vector<float>[] State(int size) => new Vector<float>[size / Vector<float>.Count];

    private sealed class Adam(int size, double penalty, double decoupledDecay) : UpdateRule
    {
        private const double Beta1 = 0.9;
        private const double Beta2 = 0.999;
        private const float Epsilon = 1e-8f;

        private readonly Vector<float>[] _mean = State(size);
        private readonly Vector<float>[] _square = State(size);

        protected override Vector<float>[][] States => [_mean, _square];

        protected override void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, double learningRate)
        {
            Step++;
            var decay = new Vector<float>((float)(1 - learningRate * decoupledDecay));
            var rate = new Vector<float>((float)(learningRate / (1 - Math.Pow(Beta1, Step))));
            var correction = new Vector<float>((float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, Step))));
            var epsilon = new Vector<float>(Epsilon);
            for (int i = 0; i < weights.Length; i++)
            {
                var g = gradients[i] + (float)penalty * weights[i];
                var mean = _mean[i] = (float)Beta1 * _mean[i] + (float)(1 - Beta1) * g;
                var square = _square[i] = (float)Beta2 * _square[i] + (float)(1 - Beta2) * (g * g);
                weights[i] = weights[i] * decay - rate * mean / (Vector.SquareRoot(square) * correction + epsilon);
            }
        }
    }

    private sealed class RmsProp(int size, double penalty) : UpdateRule
    {
        private const float Smoothing = 0.99f;
        private const float Epsilon = 1e-8f;

        private readonly Vector<float>[] _square = State(size);

        protected override Vector<float>[][] States => [_square];

        protected override void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, double learningRate)
        {
            var rate = new Vector<float>((float)learningRate);
            var epsilon = new Vector<float>(Epsilon);
            for (int i = 0; i < weights.Length; i++)
            {
                var g = gradients[i] + (float)penalty * weights[i];
                var square = _square[i] = Smoothing * _square[i] + (1 - Smoothing) * (g * g);
                weights[i] -= rate * g / (Vector.SquareRoot(square) + epsilon);
            }
        }
    }

    private sealed class Sgd(double penalty) : UpdateRule
    {
        protected override void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, double learningRate)
        {
            var rate = new Vector<float>((float)learningRate);
            for (int i = 0; i < weights.Length; i++)
                weights[i] -= rate * (gradients[i] + (float)penalty * weights[i]);
        }
    }
}
