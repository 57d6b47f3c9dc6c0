namespace MlNetRnn;

/// <summary>
/// Scores sequences without <c>IDataView</c> and without libtorch. Thread-safe: any number of threads may share one predictor. After the
/// first calls, those that write to memory of the caller's allocate nothing.
/// </summary>
/// <remarks>
/// What calls leave to later ones is bounded: about 64 MB (96 MB with RNN and GRU, whose large batches have a form of their own), whatever
/// the number of threads that ever called. ONNX Runtime's arena keeps what the calls of one time needed at most, but gives back what a
/// sequence of more than 8192 steps took. A shape that was not seen lately costs some hundred bytes. With another device than the CPU
/// (<see cref="SequencePredictorOptions.ExecutionProvider"/>) ONNX Runtime copies the values to it, and each run allocates some hundred
/// bytes.
/// </remarks>
public sealed class SequencePredictor : IDisposable
{
    private readonly Lock _replacing = new();
    private volatile LoadedModel _loaded;
    private volatile bool _disposed;
    private IDisposable? _watch;

    /// <summary>A predictor for a model at hand.</summary>
    /// <param name="model">The model, such as <see cref="SequenceTransformer.Model"/>.</param>
    /// <param name="options">Threads, device and others; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are wrong, or name a device that the loaded ONNX Runtime lacks.</exception>
    /// <exception cref="FormatException">ONNX Runtime refuses the model's graph, or it is not what the manifest says.</exception>
    /// <exception cref="NotSupportedException">The model takes other inputs than one sequence of Single; the message lists them.</exception>
    /// <exception cref="InvalidOperationException">The device that the options name cannot be used on this machine.</exception>
    public SequencePredictor(SequenceModel model, SequencePredictorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Options = options ?? SequencePredictorOptions.Default;
        Options.Validate();
        _loaded = Loaded(model);
        SequenceSize = checked(model.Manifest.Steps * model.Manifest.Features);
        OutputSize = model.Manifest.Outputs[0].Length;
    }

    /// <summary>Raised after <see cref="Model"/> was replaced, on the thread that did it.</summary>
    public event EventHandler? ModelReplaced;

    /// <summary>The model that is scored; another one after <see cref="Replace"/>.</summary>
    public SequenceModel Model => _loaded.Model;

    /// <summary>How the model is run.</summary>
    public SequencePredictorOptions Options { get; }

    /// <summary>Values per sequence, steps × features; 0 where sequences have any number of steps.</summary>
    public int SequenceSize { get; }

    /// <summary>Values predicted per sequence: 1 for regression, the horizon (× targets) for forecasting.</summary>
    public int OutputSize { get; }

    private SequenceModelManifest Manifest => _loaded.Model.Manifest;

    /// <summary>Reads a model from an <c>.onnx</c> file and makes a predictor for it.</summary>
    /// <param name="path">A file written by <c>ml.Model.SaveAsOnnx</c> or <see cref="SequenceModel.Save(string)"/>.</param>
    /// <param name="options">Threads, device and others; null for the defaults.</param>
    /// <returns>The predictor.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is cut, corrupted, of a newer format, or not one of this library's.</exception>
    /// <exception cref="ArgumentException">Options are wrong, or name a device that the loaded ONNX Runtime lacks.</exception>
    /// <exception cref="InvalidOperationException">The device that the options name cannot be used on this machine.</exception>
    /// <exception cref="NotSupportedException">The model takes other inputs than one sequence of Single; the message lists them.</exception>
    public static SequencePredictor Load(string path, SequencePredictorOptions? options = null) => new(SequenceModel.Load(path), options);

    /// <summary>Predicts from one sequence.</summary>
    /// <param name="sequence">
    /// The sequence <c>[steps, features]</c>, oldest step first. A model of variable length takes shorter ones, too; one without a step,
    /// or with a missing or infinite value, gives NaN.
    /// </param>
    /// <returns>The prediction, <see cref="OutputSize"/> values.</returns>
    /// <exception cref="ArgumentException">The sequence has another number of values.</exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
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
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public void Predict(ReadOnlySpan<float> sequence, Span<float> destination)
    {
        if (!SequenceShape.Accepts(Manifest, sequence.Length))
            throw new ArgumentException(SizeMessage(sequence.Length, "A sequence"), nameof(sequence));
        CheckDestination(destination, 1);
        using var call = new Call(this);
        var run = call.Loaded.Runs.Rent();
        try
        {
            run.Begin(1, SequenceShape.Steps(Manifest, sequence.Length));
            sequence.CopyTo(run.Row(0, sequence.Length));
            run.Run();
            run.Output(0).CopyTo(destination);
        }
        finally
        {
            call.Loaded.Runs.Return(run);
        }
    }

    /// <summary>Predicts from many sequences at once, which is several times faster than one by one.</summary>
    /// <param name="sequences">The sequences <c>[count, steps, features]</c>; none gives none.</param>
    /// <returns>The predictions <c>[count, OutputSize]</c>.</returns>
    /// <exception cref="ArgumentException">The number of values is not a multiple of <see cref="SequenceSize"/>.</exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public float[] PredictBatch(ReadOnlySpan<float> sequences)
    {
        var result = new float[checked(CountIn(sequences) * OutputSize)];
        PredictBatch(sequences, result);
        return result;
    }

    /// <summary>Predicts from many sequences at once into memory of the caller's.</summary>
    /// <param name="sequences">The sequences <c>[count, steps, features]</c>; none gives none.</param>
    /// <param name="destination">Takes the predictions <c>[count, OutputSize]</c>; apart from the memory of the sequences.</param>
    /// <exception cref="ArgumentException">
    /// The number of values is not a multiple of <see cref="SequenceSize"/>, or the destination has another size or overlaps the sequences.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public void PredictBatch(ReadOnlySpan<float> sequences, Span<float> destination)
    {
        int count = CountIn(sequences);
        CheckDestination(destination, count);
        MemoryOverlap.Refuse(destination, sequences, "the sequences");
        using var call = new Call(this);
        if (count == 0)
            return;
        var pool = call.Loaded.BatchesFor(count);
        var scorer = pool.Rent();
        try
        {
            scorer.Score(sequences, count, Manifest.Outputs.AsSpan()[..1], destination);
        }
        finally
        {
            pool.Return(scorer);
        }
    }

    /// <summary>Predicts from many sequences of their own lengths at once.</summary>
    /// <param name="sequences">The sequences, each <c>[steps, features]</c>; none gives none.</param>
    /// <returns>The predictions <c>[count, OutputSize]</c>, in the order of the sequences.</returns>
    /// <exception cref="ArgumentException">A sequence has a number of values that the model does not take.</exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public float[] PredictRagged(IReadOnlyList<ReadOnlyMemory<float>> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var result = new float[checked(sequences.Count * OutputSize)];
        PredictRagged(sequences, result);
        return result;
    }

    /// <summary>
    /// Predicts from many sequences of their own lengths at once into memory of the caller's. Sequences of like lengths are run together,
    /// so that little is padded.
    /// </summary>
    /// <param name="sequences">The sequences, each <c>[steps, features]</c>; none gives none. They must not change during the call.</param>
    /// <param name="destination">
    /// Takes the predictions <c>[count, OutputSize]</c>, in the order of the sequences; apart from their memory.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A sequence has a number of values that the model does not take, or the destination has another size or overlaps a sequence.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public void PredictRagged(IReadOnlyList<ReadOnlyMemory<float>> sequences, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        int count = sequences.Count;
        CheckDestination(destination, count);
        using var call = new Call(this);
        if (count == 0)
            return;
        var pool = call.Loaded.BatchesFor(count);
        var scorer = pool.Rent();
        try
        {
            for (int i = 0; i < count; i++)
            {
                var sequence = sequences[i];
                if (!SequenceShape.Accepts(Manifest, sequence.Length))
                    throw new ArgumentException(SizeMessage(sequence.Length, $"Sequence {i + 1}"), nameof(sequences));
                MemoryOverlap.Refuse(destination, sequence.Span, "the sequences");
                scorer.Ragged.Add(sequence);
            }
            scorer.ScoreRagged(Manifest.Outputs.AsSpan()[..1], destination);
        }
        finally
        {
            scorer.Ragged.Clear();
            pool.Return(scorer);
        }
    }

    /// <summary>
    /// Puts another model in place of the current one, at once for all callers: calls under way finish on the old one, which is freed
    /// after the last of them.
    /// </summary>
    /// <param name="model">A model of the same input and outputs.</param>
    /// <exception cref="ArgumentException">
    /// The model has another input, other outputs or classes, or is the streaming form of one. The current one stays.
    /// </exception>
    /// <exception cref="NotSupportedException">The model takes other inputs than one sequence of Single. The current one stays.</exception>
    /// <exception cref="FormatException">ONNX Runtime refuses the model's graph. The current one stays.</exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public void Replace(SequenceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (ModelSignature.Difference(Manifest, model.Manifest) is { } difference)
            throw new ArgumentException($"{model.Source} has another input or other outputs than the model in use. {difference}", nameof(model));
        var next = Loaded(model);
        lock (_replacing)
        {
            if (_disposed)
            {
                next.Dispose();
                throw new ObjectDisposedException(nameof(SequencePredictor));
            }
            var old = _loaded;
            _loaded = next;
            old.Dispose();
        }
        ModelReplaced?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Ends the predictor: calls under way finish, later ones are refused; then the ONNX Runtime session is freed.</summary>
    public void Dispose()
    {
        lock (_replacing)
        {
            if (_disposed)
                return;
            _disposed = true;
            _loaded.Dispose();
            _watch?.Dispose();
        }
    }

    /// <summary>Hands over what replaces the model, which ends with the predictor.</summary>
    internal void Own(IDisposable watch)
    {
        lock (_replacing)
        {
            _watch = watch;
            if (_disposed)
                watch.Dispose();
        }
    }

    private LoadedModel Loaded(SequenceModel model)
    {
        ModelInputs.RequireOneSequence(model.Manifest, nameof(SequencePredictor));
        var loaded = new LoadedModel(model.OfSequences(), Options);
        try
        {
            loaded.Probe();
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    private int CountIn(ReadOnlySpan<float> sequences)
    {
        if (SequenceSize == 0 || sequences.Length % SequenceSize != 0)
            throw new ArgumentException(SizeMessage(sequences.Length, "A batch"), nameof(sequences));
        return sequences.Length / SequenceSize;
    }

    private void CheckDestination(ReadOnlySpan<float> destination, int count)
    {
        long needed = (long)count * OutputSize;
        if (destination.Length != needed)
        {
            throw new ArgumentException($"The destination holds {destination.Length} values; {needed} are needed, {OutputSize} for each of "
                + $"{count} sequences. {ModelSignature.Describe(Manifest)}", nameof(destination));
        }
    }

    private string SizeMessage(int received, string what) =>
        $"{what} of {received} values was given; the model takes {SequenceShape.Describe(Manifest)} values a sequence"
            + $"{(SequenceSize == 0 ? ": give several by PredictRagged" : "")}. {ModelSignature.Describe(Manifest)}";

    /// <summary>A call under way, which keeps the model that it began with.</summary>
    private readonly ref struct Call
    {
        public Call(SequencePredictor predictor)
        {
            do
            {
                ObjectDisposedException.ThrowIf(predictor._disposed, predictor);
                Loaded = predictor._loaded;
            }
            while (!Loaded.TryAcquire()); // it was replaced and freed in between
        }

        public LoadedModel Loaded { get; }

        public void Dispose() => Loaded.Release();
    }
}
