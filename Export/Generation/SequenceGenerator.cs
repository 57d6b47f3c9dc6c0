using System.Numerics.Tensors;

namespace MlNetRnn;

/// <summary>
/// Goes on with a series by a model's own forecasts: each step that is forecast becomes the last of the window that the next one is forecast
/// from. Needs ONNX Runtime alone. Thread-safe.
/// </summary>
public sealed class SequenceGenerator : IDisposable
{
    private readonly SequencePredictor _predictor;
    private readonly RollOut _rollOut;

    /// <summary>A generator for a model at hand.</summary>
    /// <param name="model">A regression or forecasting model whose targets are its inputs, such as <see cref="SequenceTransformer.Model"/>.</param>
    /// <param name="options">Threads, device and others; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model does not forecast what it reads, or options are wrong.</exception>
    /// <exception cref="FormatException">ONNX Runtime refuses the model's graph.</exception>
    public SequenceGenerator(SequenceModel model, SequencePredictorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _rollOut = RollOut.Of(model.Manifest);
        _predictor = new SequencePredictor(model, options);
    }

    /// <summary>The model.</summary>
    public SequenceModel Model => _predictor.Model;

    /// <summary>Reads a model from an <c>.onnx</c> file and makes a generator for it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Threads, device and others; null for the defaults.</param>
    /// <returns>The generator.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is cut, corrupted, of a newer format, or not one of this library's.</exception>
    /// <exception cref="ArgumentException">The model does not forecast what it reads, or options are wrong.</exception>
    public static SequenceGenerator Load(string path, SequencePredictorOptions? options = null) => new(SequenceModel.Load(path), options);

    /// <summary>Goes on with a series of one feature.</summary>
    /// <inheritdoc cref="Generate(float[,], int)"/>
    /// <param name="seedSequence">The series so far, oldest step first: the last window of it is read.</param>
    /// <param name="length">Steps to generate, at least 0.</param>
    /// <returns>The steps after the seed.</returns>
    public float[] Generate(ReadOnlySpan<float> seedSequence, int length)
    {
        if (_rollOut.Features != 1)
        {
            throw new ArgumentException($"The model's steps have {_rollOut.Features} features; give the seed as float[steps, {_rollOut.Features}].",
                nameof(seedSequence));
        }
        float[] series = Run(seedSequence, length, out int seed);
        return series[seed..];
    }

    /// <summary>Goes on with a series of several features.</summary>
    /// <remarks>
    /// Of a model that forecasts several steps the first is taken each time; of a distribution its point forecast. A model of windows of fixed
    /// length reads the last of them; one of padded windows reads shorter series, too; one of sequences of any length reads as many steps as
    /// the seed has. Values are in units of the window's column.
    /// </remarks>
    /// <param name="seedSequence">The series so far, <c>[steps, features]</c>, oldest step first.</param>
    /// <param name="length">Steps to generate, at least 0.</param>
    /// <returns>The steps after the seed, <c>[length, features]</c>.</returns>
    /// <exception cref="ArgumentException">The seed is shorter than the window, has other features, or a value that is no finite number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 0.</exception>
    /// <exception cref="InvalidOperationException">Forecasts of forecasts grew beyond all numbers.</exception>
    public float[,] Generate(float[,] seedSequence, int length)
    {
        ArgumentNullException.ThrowIfNull(seedSequence);
        if (seedSequence.GetLength(1) != _rollOut.Features)
        {
            throw new ArgumentException($"The seed has {seedSequence.GetLength(1)} features; the model's steps ('{Model.Manifest.FeatureColumnName}') have "
                + $"{_rollOut.Features}.", nameof(seedSequence));
        }
        float[] series = Run([.. seedSequence.Cast<float>()], length, out int seed);
        var generated = new float[length, _rollOut.Features];
        Buffer.BlockCopy(series, seed * sizeof(float), generated, 0, generated.Length * sizeof(float));
        return generated;
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _predictor.Dispose();

    // One array holds the seed's window and what follows, so that every window is a slice of it.
    private float[] Run(ReadOnlySpan<float> seedSequence, int length, out int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var (manifest, features) = (Model.Manifest, _rollOut.Features);
        int given = seedSequence.Length / features, window = manifest.Steps == 0 ? given : manifest.Steps;
        Check(seedSequence, given, window);
        seed = window * features;
        CheckRoom(length, seed);
        var series = new float[seed + (length * features)];
        var known = seedSequence[^(Math.Min(given, window) * features)..];
        series.AsSpan(0, seed - known.Length).Fill(float.NaN); // padding, as windows have it
        known.CopyTo(series.AsSpan(seed - known.Length));
        float[] forecast = new float[_predictor.OutputSize];
        for (int end = seed; end < series.Length; end += features)
        {
            _predictor.Predict(series.AsSpan(end - seed, seed), forecast);
            for (int f = 0; f < features; f++)
                series[end + f] = forecast[_rollOut.TargetOf[f]];
            if (!TensorPrimitives.IsFiniteAll<float>(series.AsSpan(end, features)))
            {
                throw new InvalidOperationException($"Step {((end - seed) / features) + 1} of {length} is no finite number: forecasts of forecasts grew beyond all "
                    + "numbers. Generate fewer steps, or train a model that stays in the range of its data (Scaling, Normalization).");
            }
        }
        return series;
    }

    private void CheckRoom(int length, int seed)
    {
        int most = (Array.MaxLength - seed) / _rollOut.Features;
        if (length > most)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, $"At most {most} steps of {_rollOut.Features} features can be generated at once. "
                + "Generate fewer, and go on with the last of them as the seed.");
        }
    }

    private void Check(ReadOnlySpan<float> seed, int given, int window)
    {
        var manifest = Model.Manifest;
        bool isPadded = manifest.VariableLength || manifest.Forecast is { Masked: true };
        if (given < (isPadded ? 1 : window) || given == 0)
        {
            throw new ArgumentException($"The seed has {given} steps; the model ('{manifest.FeatureColumnName}') reads "
                + $"{(isPadded || window == 0 ? "at least 1" : $"windows of {window}")}. Give a longer seed.", nameof(seed));
        }
        for (int i = 0; i < seed.Length; i++)
        {
            if (!float.IsFinite(seed[i]))
            {
                throw new ArgumentException($"Step {(i / _rollOut.Features) + 1} of the seed holds {seed[i]}, expected a finite number. Replace missing values first.",
                    nameof(seed));
            }
        }
    }
}
