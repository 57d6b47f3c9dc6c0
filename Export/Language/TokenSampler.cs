using System.Numerics.Tensors;

namespace MlNetRnn;

/// <summary>Draws tokens from probabilities. Allocates nothing per token.</summary>
/// <param name="options">How; checked before.</param>
/// <param name="size">Tokens there are.</param>
internal sealed class TokenSampler(SamplingOptions options, int size)
{
    private readonly Random _random = options.Seed is { } seed ? new Random(seed) : new Random();
    private readonly float[] _weights = new float[size];
    private readonly int[] _tokens = new int[size];
    private readonly float[] _keys = new float[size];

    /// <summary>The token drawn, counted from 0.</summary>
    /// <param name="probabilities">A probability for each token.</param>
    public int Draw(ReadOnlySpan<float> probabilities)
    {
        if (options.Temperature == 0)
            return TensorPrimitives.IndexOfMax(probabilities);
        Weigh(probabilities);
        return options is { TopK: null, TopP: null } ? Draw(_weights, TensorPrimitives.Sum<float>(_weights)) : DrawOfLikeliest();
    }

    /// <summary>The weight of each token that can be drawn, by which it is, 0 for the others; in sum 1. For tests.</summary>
    internal double[] Distribution(ReadOnlySpan<float> probabilities)
    {
        var result = new double[size];
        if (options.Temperature == 0)
        {
            result[Draw(probabilities)] = 1;
            return result;
        }
        Weigh(probabilities);
        int kept = KeepLikeliest();
        double sum = _keys[..kept].Sum(w => (double)w);
        for (int i = 0; i < kept; i++)
            result[_tokens[i]] = _keys[i] / sum;
        return result;
    }

    // p^(1/T), the largest of them 1: no sum of them can vanish.
    private void Weigh(ReadOnlySpan<float> probabilities)
    {
        if (options.Temperature == 1)
        {
            probabilities.CopyTo(_weights);
            return;
        }
        float largest = TensorPrimitives.Max(probabilities);
        TensorPrimitives.Divide(probabilities, largest, _weights);
        TensorPrimitives.Pow(_weights, (float)(1 / options.Temperature), _weights);
    }

    private int DrawOfLikeliest()
    {
        int kept = KeepLikeliest();
        var weights = _keys.AsSpan(0, kept);
        return _tokens[Draw(weights, TensorPrimitives.Sum<float>(weights))];
    }

    // The tokens kept come first in _tokens, the likeliest at the front, with their weights in _keys.
    private int KeepLikeliest()
    {
        for (int i = 0; i < size; i++)
            (_tokens[i], _keys[i]) = (i, -_weights[i]);
        Array.Sort(_keys, _tokens);
        TensorPrimitives.Negate(_keys, _keys);
        int kept = Math.Min(options.TopK ?? size, size);
        if (options.TopP is not { } share)
            return kept;
        double mass = share * TensorPrimitives.Sum<float>(_keys.AsSpan(0, kept)), sum = 0;
        for (int i = 0; i < kept; i++)
        {
            sum += _keys[i];
            if (sum >= mass)
                return i + 1;
        }
        return kept;
    }

    private int Draw(ReadOnlySpan<float> weights, double sum)
    {
        double left = _random.NextDouble() * sum;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
                last = i;
            left -= weights[i];
            if (left < 0)
                return i;
        }
        return last; // rounding: the last one that can be drawn
    }
}
