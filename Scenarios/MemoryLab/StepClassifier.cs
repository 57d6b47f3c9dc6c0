using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>
/// A class at every step: a recurrent layer of the library and a linear head over each of its outputs. The library's trainers give a
/// sequence one answer, so this one is trained here.
/// </summary>
internal sealed class StepClassifier : IDisposable
{
    private readonly RecurrentLayer _layer;
    private readonly Linear _head;
    private readonly optim.Optimizer _optimizer;

    /// <param name="cell">The cell.</param>
    /// <param name="bidirectional">Whether it reads in both directions.</param>
    /// <param name="hidden">Values that the layer gives for a step, per direction.</param>
    /// <param name="training">Seed and learning rate; initial weights are drawn from the seed, but the head starts at 0.</param>
    public StepClassifier(RecurrentCell cell, bool bidirectional, int hidden, TrainingOptions training)
    {
        _layer = cell.CreateLayer(FutureSymbol.Symbols, hidden, bidirectional);
        cell.Initialize(_layer, new Random(training.Seed!.Value));
        _head = nn.Linear(hidden * _layer.Directions, FutureSymbol.Symbols);
        nn.init.zeros_(_head.weight);
        nn.init.zeros_(_head.bias);
        _optimizer = optim.Adam([.. _layer.Module.parameters(), .. _head.parameters()], training.LearningRate);
    }

    /// <summary>Trained values.</summary>
    public long Parameters => _layer.Module.parameters().Concat(_head.parameters()).Sum(p => p.numel());

    /// <summary>Trains on a batch.</summary>
    /// <returns>Mean cross-entropy before the step, in nats.</returns>
    public double Train(ReadOnlySpan<int[]> batch)
    {
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(Logits(batch), Answers(batch));
        loss.backward();
        nn.utils.clip_grad_norm_([.. _layer.Module.parameters(), .. _head.parameters()], 1);
        _optimizer.step();
        return loss.item<float>();
    }

    /// <summary>Share of the answers that are right.</summary>
    public double Accuracy(ReadOnlySpan<int[]> sequences)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return Logits(sequences).argmax(1).eq(Answers(sequences)).to(float64).mean().item<double>();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _head.Dispose();
        _layer.Dispose();
    }

    // [answers × batch, symbols]
    private Tensor Logits(ReadOnlySpan<int[]> sequences)
    {
        var symbols = Steps(sequences, 0, FutureSymbol.Steps);                                                          // [T, B]
        var (output, _) = _layer.Forward(nn.functional.one_hot(symbols, FutureSymbol.Symbols).to(float32), lengths: null); // [T, B, D·H]
        return _head.call(output[..FutureSymbol.Answered]).flatten(0, 1);
    }

    private static Tensor Answers(ReadOnlySpan<int[]> sequences) => Steps(sequences, FutureSymbol.Ahead, FutureSymbol.Answered).flatten();

    // Some steps of each sequence, int64 [steps, batch].
    private static Tensor Steps(ReadOnlySpan<int[]> sequences, int first, int count)
    {
        long[] values = new long[count * sequences.Length];
        for (int b = 0; b < sequences.Length; b++)
        {
            for (int t = 0; t < count; t++)
                values[(t * sequences.Length) + b] = sequences[b][first + t];
        }
        return tensor(values, [count, sequences.Length]);
    }
}
