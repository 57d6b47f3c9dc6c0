namespace MlNetRnn;

/// <summary>
/// Scores series one observation at a time, in time and memory that do not grow with their length: the model's state goes from step to step
/// in place of a window of past observations. Thread-safe: any number of series share one predictor.
/// </summary>
/// <remarks>
/// After each observation, the prediction is the one that the model gives for the whole sequence so far, from its first observation on. A model
/// trained on windows of fixed length has seen no longer sequences than those: <see cref="StreamingSeries.Reset"/> begins anew. A missing
/// or infinite value makes that prediction and all later ones NaN, as it does in a sequence; replace missing values first, or reset the series.
/// </remarks>
/// <example>
/// <code>
/// using var predictor = StreamingPredictor.Load("model.streaming.onnx");
/// var sensor = predictor.CreateSeries();
/// float[] prediction = sensor.Step([21.5f, 0.4f]);
/// sensor.Save("sensor.state");                            // predictor.RestoreSeries("sensor.state") goes on from here
/// </code>
/// </example>
public sealed class StreamingPredictor : IDisposable
{
    private const int LargestBatch = 64; // series that run together: more of them leave the cache

    private const long MostIdleBytes = 8 << 20; // kept for later calls, of single and batched runs each

    private readonly OnnxSession _session;
    private readonly Pool<StepRunner> _single;
    private readonly Pool<StepRunner> _batched;
    private readonly byte[] _identity;
    private readonly bool _padded;
    private int _disposed;

    /// <summary>A predictor for a model at hand.</summary>
    /// <param name="model">The model, such as <see cref="SequenceTransformer.Model"/>, or a file exported for streaming.</param>
    /// <param name="options">
    /// Device and others; null for the defaults. <see cref="SequencePredictorOptions.Threads"/> has no part in it: a step is too small to split.
    /// </param>
    /// <exception cref="NotSupportedException">
    /// The model cannot be run step by step, or takes more than one tensor of Single; the message says why.
    /// </exception>
    /// <exception cref="ArgumentException">Options are wrong, or name a device that the loaded ONNX Runtime lacks.</exception>
    /// <exception cref="FormatException">ONNX Runtime refuses the model's graph, or it is not what the manifest says.</exception>
    public StreamingPredictor(SequenceModel model, SequencePredictorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= SequencePredictorOptions.Default;
        options.Validate();
        ModelInputs.RequireOneSequence(model.Manifest, nameof(StreamingPredictor));
        Model = model.AsStreaming();
        var manifest = Model.Manifest;
        _session = Opened(Model, options, model.Source);
        _single = new(() => new StepRunner(_session, manifest, 1), MostIdleBytes);
        _batched = new(() => new StepRunner(_session, manifest, LargestBatch), MostIdleBytes);
        _identity = Model.GraphIdentity();
        _padded = manifest.VariableLength;
        ObservationSize = manifest.Features;
        OutputSize = manifest.Outputs[0].Length;
        StateSize = manifest.StreamingStates.Sum(s => s.Size);
    }

    /// <summary>The model that is scored, in its streaming form.</summary>
    public SequenceModel Model { get; }

    /// <summary>Values of an observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Values predicted per observation: 1 for regression, the horizon (× targets) for forecasting.</summary>
    public int OutputSize { get; }

    /// <summary>Values that a series keeps between observations.</summary>
    public int StateSize { get; }

    /// <summary>Reads a model from an <c>.onnx</c> file and makes a predictor for it.</summary>
    /// <param name="path">A file written by <c>ml.Model.SaveAsOnnx</c> with <see cref="OnnxExportOptions.Streaming"/>, or by
    /// <see cref="SequenceModel.Save(string)"/>.</param>
    /// <param name="options">Device and others; null for the defaults.</param>
    /// <returns>The predictor.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is cut, corrupted, of a newer format, or not one of this library's.</exception>
    /// <exception cref="NotSupportedException">
    /// The model cannot be run step by step, or takes more than one tensor of Single; the message says why.
    /// </exception>
    /// <exception cref="ArgumentException">Options are wrong, or name a device that the loaded ONNX Runtime lacks.</exception>
    public static StreamingPredictor Load(string path, SequencePredictorOptions? options = null) => new(SequenceModel.Load(path), options);

    /// <summary>A series without observations.</summary>
    /// <returns>The series.</returns>
    public StreamingSeries CreateSeries() => new(this, StateSize);

    /// <summary>A series that goes on from where <see cref="StreamingSeries.Save(string)"/> left it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The series.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is cut, corrupted, of a newer format, or no saved series.</exception>
    /// <exception cref="InvalidOperationException">It was saved from a series of another model.</exception>
    public StreamingSeries RestoreSeries(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{Path.GetFullPath(path)}'; give one that StreamingSeries.Save wrote.", path);
        return SavedSeries.Read(File.ReadAllBytes(path), $"'{path}'", _identity, CreateSeries());
    }

    /// <summary>A series that goes on from where <see cref="StreamingSeries.Save(Stream)"/> left it.</summary>
    /// <param name="source">The saved bytes, read to their end.</param>
    /// <returns>The series.</returns>
    /// <exception cref="FormatException">The bytes are cut, corrupted, of a newer format, or no saved series.</exception>
    /// <exception cref="InvalidOperationException">It was saved from a series of another model.</exception>
    public StreamingSeries RestoreSeries(Stream source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var buffer = new MemoryStream();
        source.CopyTo(buffer);
        return SavedSeries.Read(buffer.ToArray(), "The saved series", _identity, CreateSeries());
    }

    /// <summary>Takes an observation of one series and predicts from all of the series so far. Allocates nothing.</summary>
    /// <param name="series">A series of this predictor's.</param>
    /// <param name="observation">One step's values, <c>[features]</c>.</param>
    /// <param name="prediction">Takes <see cref="OutputSize"/> values.</param>
    /// <exception cref="ArgumentException">A number of values is wrong, or the series is another predictor's.</exception>
    /// <exception cref="InvalidOperationException">Another call on the series is under way.</exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public void Step(StreamingSeries series, ReadOnlySpan<float> observation, Span<float> prediction)
    {
        ArgumentNullException.ThrowIfNull(series);
        Check(observation.Length, prediction.Length, series: 1);
        var one = new ReadOnlySpan<StreamingSeries>(in series);
        Enter(one);
        try
        {
            using var lease = new Lease(this, _single);
            Run(lease.Runner, one, observation, prediction);
        }
        finally
        {
            series.Exit();
        }
    }

    /// <summary>Takes an observation of each of many series at once, which is several times faster than one by one.</summary>
    /// <param name="series">Series of this predictor's, each once; none gives none.</param>
    /// <param name="observations">Their observations, <c>[series, features]</c>.</param>
    /// <param name="predictions">Takes the predictions, <c>[series, OutputSize]</c>; apart from the memory of the observations.</param>
    /// <exception cref="ArgumentException">
    /// A number of values is wrong, a series is another predictor's, or the predictions overlap the observations; no series was stepped.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another call on a series is under way, or it is given twice; no series was stepped.</exception>
    /// <exception cref="ObjectDisposedException">The predictor is disposed.</exception>
    public void StepBatch(ReadOnlySpan<StreamingSeries> series, ReadOnlySpan<float> observations, Span<float> predictions)
    {
        Check(observations.Length, predictions.Length, series.Length);
        MemoryOverlap.Refuse(predictions, observations, "the observations");
        if (series.Length == 0)
            return;
        Enter(series);
        try
        {
            using var lease = new Lease(this, _batched);
            for (int start = 0; start < series.Length; start += LargestBatch)
            {
                int count = Math.Min(LargestBatch, series.Length - start);
                Run(lease.Runner, series.Slice(start, count), observations.Slice(start * ObservationSize, count * ObservationSize),
                    predictions.Slice(start * OutputSize, count * OutputSize));
            }
        }
        finally
        {
            Exit(series);
        }
    }

    /// <summary>Ends the predictor: calls under way finish, later ones are refused; then the ONNX Runtime session is freed.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _single.Dispose();
        _batched.Dispose();
        _session.Dispose(); // its users are counted
    }

    internal void Save(StreamingSeries series, Stream destination) => SavedSeries.Write(series, _identity, destination);

    private void Run(StepRunner runner, ReadOnlySpan<StreamingSeries> series, ReadOnlySpan<float> observations, Span<float> predictions)
    {
        observations.CopyTo(runner.Observations(series.Length));
        for (int i = 0; i < series.Length; i++)
            runner.Read(series[i].State, i);
        runner.Run(series.Length);
        for (int i = 0; i < series.Length; i++)
        {
            // A sequence padded at its start is the shorter sequence: padding before the first observation is none.
            bool padding = _padded && series[i].Steps == 0 && IsMissing(observations.Slice(i * ObservationSize, ObservationSize));
            if (padding)
                continue;
            runner.Write(series[i].State, i);
            series[i].Steps++;
        }
        runner.Predictions(series.Length).CopyTo(predictions); // last: a single step may write over its observation
    }

    private static OnnxSession Opened(SequenceModel model, SequencePredictorOptions options, string source)
    {
        var session = new OnnxSession(model.OnnxBytes, options, source);
        try
        {
            using var probe = new StepRunner(session, model.Manifest, 1);
            probe.Run(1); // of zeros: a graph that does not fit its manifest is found out before a series depends on it
            return session;
        }
        catch (InvalidOperationException e)
        {
            session.Dispose();
            throw new FormatException($"{source} cannot be scored step by step. {e.Message} Export the model anew.");
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static bool IsMissing(ReadOnlySpan<float> observation)
    {
        foreach (float value in observation)
        {
            if (!float.IsNaN(value))
                return false;
        }
        return true;
    }

    private void Check(int observations, int predictions, int series)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (observations != (long)series * ObservationSize)
        {
            throw new ArgumentException($"{observations} values were given for {series} observation(s); the model takes {ObservationSize} values "
                + $"an observation ('{Model.Manifest.FeatureColumnName}'): {(long)series * ObservationSize} in all.", nameof(observations));
        }
        if (predictions != (long)series * OutputSize)
        {
            throw new ArgumentException($"The destination holds {predictions} values; {(long)series * OutputSize} are needed, {OutputSize} for "
                + "each series.", nameof(predictions));
        }
    }

    private void Enter(ReadOnlySpan<StreamingSeries> series)
    {
        int entered = 0;
        try
        {
            for (; entered < series.Length; entered++)
            {
                if (series[entered]?.Predictor != this)
                {
                    throw new ArgumentException(series[entered] is null
                        ? $"Series {entered + 1} of {series.Length} is null."
                        : $"Series {entered + 1} of {series.Length} belongs to another predictor: make series by CreateSeries of the one "
                            + "that steps them.", nameof(series));
                }
                series[entered].Enter();
            }
        }
        catch
        {
            Exit(series[..entered]);
            throw;
        }
    }

    private static void Exit(ReadOnlySpan<StreamingSeries> series)
    {
        foreach (var entered in series)
            entered.Exit();
    }

    /// <summary>A runner out of a pool, for one call, which keeps the session.</summary>
    private readonly ref struct Lease
    {
        private readonly StreamingPredictor _predictor;
        private readonly Pool<StepRunner> _pool;

        public Lease(StreamingPredictor predictor, Pool<StepRunner> pool)
        {
            ObjectDisposedException.ThrowIf(!predictor._session.TryAcquire(), predictor);
            (_predictor, _pool) = (predictor, pool);
            Runner = pool.Rent();
        }

        public StepRunner Runner { get; }

        public void Dispose()
        {
            _pool.Return(Runner);
            _predictor._session.Dispose();
        }
    }
}
