using System.Numerics.Tensors;
using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// A batch in scaled units: input <c>[steps, batch, features]</c>, its lengths int64 <c>[batch]</c> (null where each sequence has all
/// steps), target and mask <c>[batch, labels]</c> (mask null where all is labelled).
/// </summary>
internal readonly record struct Batch(torch.Tensor Input, torch.Tensor? Lengths, torch.Tensor Target, torch.Tensor? Mask, int LabelledValues);

/// <summary>Gathers batches from the shared values buffer, time-major, into tensors that are reused from batch to batch.</summary>
internal sealed class BatchLoader(Sequences sequences, Scaler scaler, torch.Device device) : IDisposable
{
    private readonly Dictionary<int, Buffers> _buffers = []; // by batch size: the full one and the remainders
    private readonly bool _masked = TensorPrimitives.IsNaNAny(sequences.Labels) && sequences.LabelSize > 1;
    private readonly int _mostSteps = MostSteps(sequences);

    /// <summary>Loads the sequences given, in their order. The batch is valid until the next one is loaded.</summary>
    public Batch Load(ReadOnlySpan<int> indices)
    {
        var buffers = For(indices.Length);
        var (input, lengths) = LoadInput(buffers, indices);
        var target = TensorData.Span(buffers.Target);
        int labels = sequences.LabelSize;
        for (int b = 0; b < indices.Length; b++)
            scaler.Label(indices[b], target.Slice(b * labels, labels));
        int labelled = _masked ? Mask(target, TensorData.Span(buffers.Mask!)) : target.Length;
        return new(ToDevice(input), lengths, ToDevice(buffers.Target), _masked ? ToDevice(buffers.Mask!) : null, labelled);
    }

    public void Dispose()
    {
        foreach (var buffers in _buffers.Values)
        {
            buffers.Input.Dispose();
            buffers.Target.Dispose();
            buffers.Mask?.Dispose();
        }
    }

    private (torch.Tensor Input, torch.Tensor? Lengths) LoadInput(Buffers buffers, ReadOnlySpan<int> indices)
    {
        int shortest = int.MaxValue, steps = 0, count = indices.Length, features = sequences.Features;
        foreach (int index in indices)
        {
            int length = sequences.Ranges[index].Length;
            (shortest, steps) = (Math.Min(shortest, length), Math.Max(steps, length));
        }
        var input = steps == _mostSteps // [T, B, F], of the memory for the longest sequence as much as is needed
            ? buffers.Input
            : buffers.Input.view(-1).narrow(0, 0, (long)steps * count * features).view(steps, count, features);
        var values = TensorData.Span(input);
        if (shortest < steps)
            values.Clear();
        for (int b = 0; b < count; b++)
            scaler.Sequence(indices[b], values[(b * features)..], stepStride: count * features);
        return (input, shortest < steps ? Lengths(indices) : null);
    }

    private torch.Tensor Lengths(ReadOnlySpan<int> indices)
    {
        var lengths = new long[indices.Length];
        for (int b = 0; b < lengths.Length; b++)
            lengths[b] = sequences.Ranges[indices[b]].Length;
        return torch.tensor(lengths);
    }

    // NaN targets become 0 with a mask of 0: NaN times 0 would stay NaN.
    private static int Mask(Span<float> target, Span<float> mask)
    {
        int labelled = 0;
        for (int i = 0; i < target.Length; i++)
        {
            bool missing = float.IsNaN(target[i]);
            mask[i] = missing ? 0 : 1;
            target[i] = missing ? 0 : target[i];
            labelled += missing ? 0 : 1;
        }
        return labelled;
    }

    private torch.Tensor ToDevice(torch.Tensor host) => device.type == DeviceType.CPU ? host : host.to(device);

    private Buffers For(int count)
    {
        if (!_buffers.TryGetValue(count, out var buffers))
        {
            int labels = sequences.LabelSize;
            buffers = new(Empty(_mostSteps, count, sequences.Features), Empty(count, labels), _masked ? Empty(count, labels) : null);
            _buffers[count] = buffers;
        }
        return buffers;
    }

    private static int MostSteps(Sequences sequences)
    {
        int most = 0;
        foreach (var range in sequences.Ranges)
            most = Math.Max(most, range.Length);
        return most;
    }

    private static torch.Tensor Empty(params long[] shape) => torch.empty(shape, dtype: torch.float32).DetachFromDisposeScope();

    private sealed record Buffers(torch.Tensor Input, torch.Tensor Target, torch.Tensor? Mask);
}
