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
    /// <exception cref="NotSupportedException">The model takes other inputs than one sequence of Single; the message lists them.</exception>
    public SequencePredictor(SequenceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelInputs.RequireOneSequence(model.Manifest);
        Model = model;
        _cache = new SessionCache(model);
        SequenceSize = checked(model.Manifest.Steps * model.Manifest.Features);
        OutputSize = model.Manifest.Outputs[0].Length;
    }

    /// <summary>The model that is scored.</summary>
    public SequenceModel Model { get; }

    /// <summary>Values per sequence, steps × features; 0 where sequences have any number of steps.</summary>
    public int SequenceSize { get; }

    /// <summary>Values predicted per sequence: 1 for regression, the horizon (× targets) for forecasting.</summary>
    public int OutputSize { get; }

    /// <summary>Reads a model from an <c>.onnx</c> file and makes a predictor for it.</summary>
    /// <param name="path">A file written by <c>ml.Model.SaveAsOnnx</c> or <see cref="SequenceModel.Save(string)"/>.</param>
    /// <returns>The predictor.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is cut, corrupted, of a newer format, or not one of this library's.</exception>
    /// <exception cref="NotSupportedException">The model takes other inputs than one sequence of Single; the message lists them.</exception>
    public static SequencePredictor Load(string path) => new(SequenceModel.Load(path));

    /// <summary>Predicts from one sequence.</summary>
    /// <param name="sequence">
    /// The sequence <c>[steps, features]</c>, oldest step first. A model of variable length takes shorter ones, too; one without a step,
    /// or with a missing value, gives NaN.
    /// </param>
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
        if (!SequenceShape.Accepts(Model.Manifest, sequence.Length))
            throw new ArgumentException(SizeMessage(sequence.Length, "A sequence"), nameof(sequence));
        if (destination.Length != OutputSize)
            throw new ArgumentException($"The destination holds {destination.Length} values; {OutputSize} are needed.", nameof(destination));
        using var lease = new Lease(this, _single, 1);
        sequence.CopyTo(lease.Runner.Input(0, sequence.Length));
        lease.Runner.Run(1);
        lease.Runner.Output(0, 0).CopyTo(destination);
    }

    /// <summary>Predicts from many sequences at once, which is several times faster than one by one.</summary>
    /// <param name="sequences">The sequences <c>[count, steps, features]</c>; none gives none.</param>
    /// <returns>The predictions <c>[count, OutputSize]</c>.</returns>
    /// <exception cref="ArgumentException">The number of values is not a multiple of <see cref="SequenceSize"/>.</exception>
    public float[] PredictBatch(ReadOnlySpan<float> sequences)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (SequenceSize == 0 || sequences.Length % SequenceSize != 0)
            throw new ArgumentException(SizeMessage(sequences.Length, "A batch"), nameof(sequences));
        int count = sequences.Length / SequenceSize;
        var result = new float[count * OutputSize];
        if (count == 0)
            return result;
        using var lease = new Lease(this, _batched, SequenceRunner.BestBatch);
        for (int start = 0; start < count; start += SequenceRunner.BestBatch)
        {
            int size = Math.Min(SequenceRunner.BestBatch, count - start);
            for (int i = 0; i < size; i++)
                sequences.Slice((start + i) * SequenceSize, SequenceSize).CopyTo(lease.Runner.Input(i, SequenceSize));
            lease.Score(size, result, start);
        }
        return result;
    }

    /// <summary>Predicts from many sequences of their own lengths at once.</summary>
    /// <param name="sequences">The sequences, each <c>[steps, features]</c>; none gives none.</param>
    /// <returns>The predictions <c>[count, OutputSize]</c>.</returns>
    /// <exception cref="ArgumentException">A sequence has a number of values that the model does not take.</exception>
    public float[] PredictRagged(IReadOnlyList<ReadOnlyMemory<float>> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int i = 0; i < sequences.Count; i++)
        {
            if (!SequenceShape.Accepts(Model.Manifest, sequences[i].Length))
                throw new ArgumentException(SizeMessage(sequences[i].Length, $"Sequence {i + 1}"), nameof(sequences));
        }
        var result = new float[sequences.Count * OutputSize];
        if (sequences.Count == 0)
            return result;
        using var lease = new Lease(this, _batched, SequenceRunner.BestBatch);
        for (int start = 0; start < sequences.Count; start += SequenceRunner.BestBatch)
        {
            int size = Math.Min(SequenceRunner.BestBatch, sequences.Count - start);
            for (int i = 0; i < size; i++)
                sequences[start + i].Span.CopyTo(lease.Runner.Input(i, sequences[start + i].Length));
            lease.Score(size, result, start);
        }
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

    private string SizeMessage(int received, string what) =>
        $"{what} of {received} values was given; the model takes {SequenceShape.Describe(Model.Manifest)} values a sequence"
            + $"{(SequenceSize == 0 ? ": give several by PredictRagged" : "")}.";

    /// <summary>A runner out of a pool, for one call.</summary>
    private readonly ref struct Lease
    {
        private readonly ConcurrentBag<SequenceRunner> _pool;

        public Lease(SequencePredictor predictor, ConcurrentBag<SequenceRunner> pool, int capacity)
        {
            ObjectDisposedException.ThrowIf(predictor._disposed, predictor);
            _pool = pool;
            Runner = pool.TryTake(out var free) ? free : new SequenceRunner(predictor._cache, capacity);
        }

        public SequenceRunner Runner { get; }

        public void Score(int count, float[] results, int start)
        {
            Runner.Run(count);
            for (int i = 0; i < count; i++)
            {
                var output = Runner.Output(0, i);
                output.CopyTo(results.AsSpan((start + i) * output.Length));
            }
        }

        public void Dispose() => _pool.Add(Runner);
    }
}
