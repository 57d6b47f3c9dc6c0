using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>How an optimizer moves weights, with PyTorch's defaults and order of operations. Spans are whole vectors long.</summary>
internal abstract class UpdateRule
{
    public static UpdateRule Create(Optimizer optimizer, int size) => optimizer switch
    {
        Optimizer.Adam => new Adam(size, weightDecay: 0),
        Optimizer.AdamW => new Adam(size, weightDecay: 0.01),
        Optimizer.RmsProp => new RmsProp(size),
        Optimizer.Sgd => new Sgd(),
        _ => throw new ArgumentOutOfRangeException(nameof(optimizer), optimizer, "Unknown optimizer."),
    };

    /// <summary>Moves <paramref name="weights"/> against <paramref name="gradients"/>.</summary>
    public void Apply(Span<float> weights, ReadOnlySpan<float> gradients, double learningRate) =>
        Apply(MemoryMarshal.Cast<float, Vector<float>>(weights), MemoryMarshal.Cast<float, Vector<float>>(gradients), learningRate);

    protected abstract void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, double learningRate);

    private static Vector<float>[] State(int size) => new Vector<float>[size / Vector<float>.Count];

    private sealed class Adam(int size, double weightDecay) : UpdateRule
    {
        private const double Beta1 = 0.9;
        private const double Beta2 = 0.999;
        private const float Epsilon = 1e-8f;

        private readonly Vector<float>[] _mean = State(size);
        private readonly Vector<float>[] _square = State(size);
        private int _step;

        protected override void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, double learningRate)
        {
            _step++;
            var decay = new Vector<float>((float)(1 - learningRate * weightDecay));
            var rate = new Vector<float>((float)(learningRate / (1 - Math.Pow(Beta1, _step))));
            var correction = new Vector<float>((float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, _step))));
            var epsilon = new Vector<float>(Epsilon);
            for (int i = 0; i < weights.Length; i++)
            {
                var g = gradients[i];
                var mean = _mean[i] = (float)Beta1 * _mean[i] + (float)(1 - Beta1) * g;
                var square = _square[i] = (float)Beta2 * _square[i] + (float)(1 - Beta2) * (g * g);
                weights[i] = weights[i] * decay - rate * mean / (Vector.SquareRoot(square) * correction + epsilon);
            }
        }
    }

    private sealed class RmsProp(int size) : UpdateRule
    {
        private const float Smoothing = 0.99f;
        private const float Epsilon = 1e-8f;

        private readonly Vector<float>[] _square = State(size);

        protected override void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, double learningRate)
        {
            var rate = new Vector<float>((float)learningRate);
            var epsilon = new Vector<float>(Epsilon);
            for (int i = 0; i < weights.Length; i++)
            {
                var g = gradients[i];
                var square = _square[i] = Smoothing * _square[i] + (1 - Smoothing) * (g * g);
                weights[i] -= rate * g / (Vector.SquareRoot(square) + epsilon);
            }
        }
    }

    private sealed class Sgd : UpdateRule
    {
        protected override void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, double learningRate)
        {
            var rate = new Vector<float>((float)learningRate);
            for (int i = 0; i < weights.Length; i++)
                weights[i] -= rate * gradients[i];
        }
    }
}
