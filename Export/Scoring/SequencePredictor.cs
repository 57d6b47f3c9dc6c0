using System.Collections.Concurrent;

namespace MlNetRnn;

/// <summary>
/// Scores sequences without <c>IDataView</c> and without libtorch. Thread-safe: any number of threads may share one predictor.
/// </summary>
public sealed class SequencePredictor : IDisposable
{
    private readonly SessionCache _cache;
    private readonly ConcurrentBag<SequenceRunner> _single = [];
    private readonly ConcurrentBag<SequenceRunner> _batched = [];
    private volatile bool _disposed;

    /// <summary>A predictor for a model at hand.</summary>
    /// <param name="model">The model, such as <see cref="SequenceTransformer.Model"/>.</param>
    public SequencePredictor(SequenceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _cache = new SessionCache(model);
        SequenceSize = checked(model.Manifest.Steps * model.Manifest.Features);
        OutputSize = model.Manifest.Outputs[0].Length;
    }

    /// <summary>The model that is scored.</summary>
    public SequenceModel Model { get; }

    /// <summary>Values per sequence: steps × features.</summary>
    public int SequenceSize { get; }

    /// <summary>Values predicted per sequence: 1 for regression, the horizon for forecasting.</summary>
    public int OutputSize { get; }

    /// <summary>Reads a model from an <c>.onnx</c> file and makes a predictor for it.</summary>
    /// <param name="path">A file written by <c>ml.Model.SaveAsOnnx</c> or <see cref="SequenceModel.Save(string)"/>.</param>
    /// <returns>The predictor.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is cut, corrupted, of a newer format, or not one of this library's.</exception>
    public static SequencePredictor Load(string path) => new(SequenceModel.Load(path));

    /// <summary>Predicts from one sequence.</summary>
    /// <param name="sequence">The sequence <c>[steps, features]</c>, oldest step first.</param>
    /// <returns>The prediction, <see cref="OutputSize"/> values.</returns>
    /// <exception cref="ArgumentException">The sequence has another number of values.</exception>
    public float[] Predict(ReadOnlySpan<float> sequence)
    {
        var result = new float[OutputSize];
        Predict(sequence, result);
        return result;
    }

    /// <summary>Predicts from one sequence into memory of the caller's.</summary>
    /// <param name="sequence">The sequence <c>[steps, features]</c>, oldest step first.</param>
    /// <param name="destination">Takes <see cref="OutputSize"/> values.</param>
    /// <exception cref="ArgumentException">The sequence or the destination has another number of values.</exception>
    public void Predict(ReadOnlySpan<float> sequence, Span<float> destination)
    {
        if (sequence.Length != SequenceSize)
            throw new ArgumentException(SizeMessage(sequence.Length, "A sequence"), nameof(sequence));
        Score(sequence, destination, 1, _single, 1);
    }

    /// <summary>Predicts from many sequences at once, which is several times faster than one by one.</summary>
    /// <param name="sequences">The sequences <c>[count, steps, features]</c>; none gives none.</param>
    /// <returns>The predictions <c>[count, OutputSize]</c>.</returns>
    /// <exception cref="ArgumentException">The number of values is not a multiple of <see cref="SequenceSize"/>.</exception>
    public float[] PredictBatch(ReadOnlySpan<float> sequences)
    {
        if (sequences.Length % SequenceSize != 0)
            throw new ArgumentException(SizeMessage(sequences.Length, "A batch"), nameof(sequences));
        int count = sequences.Length / SequenceSize;
        var result = new float[count * OutputSize];
        Score(sequences, result, count, _batched, SequenceRunner.BestBatch);
        return result;
    }

    /// <summary>Frees the ONNX Runtime session. No call may be under way.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var runner in _single.Concat(_batched))
            runner.Dispose();
        _single.Clear();
        _batched.Clear();
        _cache.Dispose();
    }

    private void Score(ReadOnlySpan<float> sequences, Span<float> destination, int count, ConcurrentBag<SequenceRunner> pool, int capacity)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (destination.Length != count * OutputSize)
            throw new ArgumentException($"The destination holds {destination.Length} values; "
                + $"{count * OutputSize} are needed.", nameof(destination));
        if (count == 0)
            return;
        if (!pool.TryTake(out var runner))
            runner = new SequenceRunner(_cache, capacity);
        try
        {
            for (int start = 0; start < count; start += capacity)
                ScoreBatch(runner, sequences, destination, start, Math.Min(capacity, count - start));
        }
        finally
        {
            pool.Add(runner);
        }
    }

    private void ScoreBatch(SequenceRunner runner, ReadOnlySpan<float> sequences, Span<float> destination, int start, int count)
    {
        for (int i = 0; i < count; i++)
            sequences.Slice((start + i) * SequenceSize, SequenceSize).CopyTo(runner.Input(i));
        runner.Run(count);
        for (int i = 0; i < count; i++)
            runner.Output(0, i).CopyTo(destination.Slice((start + i) * OutputSize, OutputSize));
    }

    private string SizeMessage(int received, string what) =>
        $"{what} of {received} values was given; the model takes {Model.Manifest.Steps} steps × {Model.Manifest.Features} features = "
            + $"{SequenceSize} values a sequence.";
}
