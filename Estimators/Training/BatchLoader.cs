using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// A batch in scaled units: input <c>[steps, batch, features]</c>, its lengths int64 <c>[batch]</c> (null where each sequence has all
/// steps), target and weights <c>[batch, labels]</c> (weights are 0 where nothing is labelled; null where all count 1), and their sum.
/// </summary>
internal readonly record struct Batch(torch.Tensor Input, torch.Tensor? Lengths, torch.Tensor Target, torch.Tensor? Weights, double WeightSum)
{
    /// <summary>Scaled values of the covariates, <c>[batch, values]</c>; null where there are none.</summary>
    public torch.Tensor? Context { get; init; }

    /// <summary>
    /// Of texts, whose tokens <see cref="Input"/> holds as int64 <c>[steps, batch]</c>: which of its steps are predicted from; else null.
    /// </summary>
    public TextPart? Text { get; init; }

    /// <summary>The sum of the weights of what is trained on: of a network that is rolled out, the first step.</summary>
    public double TrainedWeightSum { get; init; }
}

/// <summary>Gathers batches from sequences in memory, time-major, into tensors that are reused from batch to batch.</summary>
/// <param name="sequences">The sequences.</param>
/// <param name="scaler">The units of batches.</param>
/// <param name="weights">How much examples count.</param>
/// <param name="device">Where batches are needed.</param>
/// <param name="fixedSteps">
/// Steps that all sequences are given by NaN before their first one; 0 where batches are as long as their longest sequence, which shorter
/// ones are padded to by 0 behind their last step.
/// </param>
internal sealed class BatchLoader(
    ISequenceStore sequences, Scaler scaler, LabelWeights weights, torch.Device device, int fixedSteps = 0) : IDisposable
{
    private readonly Dictionary<int, Buffers> _buffers = []; // by batch size: the full one and the remainders

    private int[] _sorted = [];
    private int[] _keys = [];

    /// <summary>
    /// Loads the sequences given, the longest first: at each step those that have it are then the first ones, and the rest costs nothing.
    /// The batch is valid until the next one is loaded.
    /// </summary>
    public Batch LoadLongestFirst(ReadOnlySpan<int> indices)
    {
        if (_sorted.Length < indices.Length)
            (_sorted, _keys) = (new int[indices.Length], new int[indices.Length]);
        var sorted = _sorted.AsSpan(0, indices.Length);
        var keys = _keys.AsSpan(0, indices.Length);
        indices.CopyTo(sorted);
        for (int i = 0; i < indices.Length; i++)
            keys[i] = -sequences[indices[i]].Length;
        if (keys.ContainsAnyExcept(keys[0]))
            keys.Sort(sorted);
        return Load(sorted);
    }

    /// <summary>Loads the sequences given, in their order. The batch is valid until the next one is loaded.</summary>
    public Batch Load(ReadOnlySpan<int> indices)
    {
        var buffers = For(indices.Length);
        var (input, lengths) = LoadInput(buffers, indices);
        var target = TensorData.Span(buffers.Target);
        int labels = weights.LabelSize;
        for (int b = 0; b < indices.Length; b++)
            scaler.Label(sequences[indices[b]], sequences.Label(indices[b])[..labels], target.Slice(b * labels, labels), Beside(indices[b]));
        bool allCountOne = weights.AreAllOne && !TensorPrimitives.IsNaNAny<float>(target);
        var counts = allCountOne ? null : buffers.Weights ??= Empty(indices.Length, labels);
        int trained = weights.TrainedSize;
        var (sum, ofTrained) = counts is null ? (target.Length, indices.Length * trained) : Weigh(indices, target, TensorData.Span(counts), trained);
        return new(ToDevice(input), lengths, ToDevice(buffers.Target), counts is null ? null : ToDevice(counts), sum)
        {
            Context = LoadContext(buffers, indices),
            TrainedWeightSum = ofTrained,
        };
    }

    public void Dispose()
    {
        foreach (var buffers in _buffers.Values)
            buffers.Dispose();
    }

    private (torch.Tensor Input, torch.Tensor? Lengths) LoadInput(Buffers buffers, ReadOnlySpan<int> indices)
    {
        int shortest = int.MaxValue, steps = 0, count = indices.Length, features = sequences.Features;
        if (fixedSteps > 0)
            return (LoadFixed(buffers, indices), null);
        foreach (int index in indices)
        {
            int length = sequences[index].Length / features;
            (shortest, steps) = (Math.Min(shortest, length), Math.Max(steps, length));
        }
        var input = steps == buffers.Steps // [T, B, F], of the memory for the longest sequence as much as is needed
            ? buffers.Input
            : buffers.Input.view(-1).narrow(0, 0, (long)steps * count * features).view(steps, count, features);
        var values = TensorData.Span(input);
        if (shortest < steps)
            values.Clear();
        for (int b = 0; b < count; b++)
            scaler.Sequence(sequences[indices[b]], values[(b * features)..], stepStride: count * features);
        return (input, shortest < steps ? Lengths(buffers, indices) : null);
    }

    private ReadOnlySpan<float> Beside(int index) => scaler.Covariates is { Size: var size } ? sequences.Label(index)[^size..] : default;

    private torch.Tensor? LoadContext(Buffers buffers, ReadOnlySpan<int> indices)
    {
        if (scaler.Covariates is not { Size: var size })
            return null;
        var context = buffers.Context ??= Empty(indices.Length, size);
        var values = TensorData.Span(context);
        for (int b = 0; b < indices.Length; b++)
            scaler.Context(Beside(indices[b]), values.Slice(b * size, size));
        return ToDevice(context);
    }

    private torch.Tensor LoadFixed(Buffers buffers, ReadOnlySpan<int> indices)
    {
        int count = indices.Length, features = sequences.Features, stride = count * features;
        var values = TensorData.Span(buffers.Input);                                              // [T, B, F]
        for (int b = 0; b < count; b++)
        {
            var sequence = sequences[indices[b]];
            int first = fixedSteps - (sequence.Length / features);
            for (int step = 0; step < first; step++)
                values.Slice((step * stride) + (b * features), features).Fill(float.NaN);
            scaler.Sequence(sequence, values[((first * stride) + (b * features))..], stride, Beside(indices[b]));
        }
        return buffers.Input;
    }

    private torch.Tensor Lengths(Buffers buffers, ReadOnlySpan<int> indices)
    {
        var lengths = buffers.Lengths ??= torch.empty(indices.Length, dtype: torch.int64).DetachFromDisposeScope();
        var values = MemoryMarshal.Cast<byte, long>(lengths.bytes);
        for (int b = 0; b < values.Length; b++)
            values[b] = sequences[indices[b]].Length / sequences.Features;
        return lengths;
    }

    // NaN targets become 0 with a weight of 0: NaN times 0 would stay NaN.
    private (double All, double Trained) Weigh(ReadOnlySpan<int> indices, Span<float> target, Span<float> counts, int trained)
    {
        double sum = 0, ofTrained = 0;
        for (int i = 0; i < target.Length; i++)
        {
            bool missing = float.IsNaN(target[i]);
            float weight = missing ? 0 : weights.Of(sequences.Label(indices[i / weights.LabelSize]));
            (target[i], counts[i]) = (missing ? 0 : target[i], weight);
            sum += weight;
            ofTrained += i % weights.LabelSize < trained ? weight : 0;
        }
        return (sum, ofTrained);
    }

    private torch.Tensor ToDevice(torch.Tensor host) => device.type == DeviceType.CPU ? host : host.to(device);

    // Sequences that are streamed may be longer than those before.
    private Buffers For(int count)
    {
        int steps = Math.Max(fixedSteps, sequences.MostSteps);
        if (_buffers.TryGetValue(count, out var buffers) && buffers.Steps >= steps)
            return buffers;
        buffers?.Dispose();
        return _buffers[count] = new(steps, Empty(steps, count, sequences.Features), Empty(count, weights.LabelSize));
    }

    private static torch.Tensor Empty(params long[] shape) => torch.empty(shape, dtype: torch.float32).DetachFromDisposeScope();

    private sealed record Buffers(int Steps, torch.Tensor Input, torch.Tensor Target) : IDisposable
    {
        public torch.Tensor? Weights { get; set; }

        public torch.Tensor? Lengths { get; set; }

        public torch.Tensor? Context { get; set; }

        public void Dispose()
        {
            Input.Dispose();
            Target.Dispose();
            Weights?.Dispose();
            Lengths?.Dispose();
            Context?.Dispose();
        }
    }
}
